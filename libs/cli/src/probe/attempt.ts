import { reasons } from '@admit-one/core';
import type { ServerUrls } from '../connect/server-requests.ts';
import { ServerRejection } from '../http/http-errors.ts';
import { ClosedEarly, openProbeSocket, type ProbeSocket } from './probe-socket.ts';
import { type ProbeTicket, requestTicket } from './probe-ticket.ts';
import type { ProbeTokens } from './probe-tokens.ts';
import { ProbeFailure, type ProbeStage } from './stages.ts';

/** What a probe asks, and as whom. */
export interface ProbeTarget {
  readonly urls: ServerUrls;
  readonly tokens: ProbeTokens;
  readonly route: string | undefined;
  readonly origin: string | undefined;
  /** What shows that an open connection works: a message that comes back, or the answer to a ping. */
  readonly check: 'echo' | 'ping';
  /** How long each step may take. */
  readonly timeoutMs: number;
}

/** What one attempt found. */
export interface Attempt {
  /** How long each step took that succeeded. */
  readonly durationsMs: ReadonlyMap<ProbeStage, number>;
  /** Null where all did. */
  readonly failure: ProbeFailure | null;
  /** Null where there was none. */
  readonly ticket: Omit<ProbeTicket, 'ticket'> | null;
}

/** Goes through all steps, as far as they succeed. */
export async function attempt({
  urls,
  tokens,
  route,
  origin,
  check,
  timeoutMs,
}: ProbeTarget): Promise<Attempt> {
  const durationsMs = new Map<ProbeStage, number>();
  let ticket: ProbeTicket | null = null;
  let socket: ProbeSocket | undefined;

  async function step<Value>(
    stage: ProbeStage,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const startedAt = performance.now();
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const value = await work(deadline);
      durationsMs.set(stage, performance.now() - startedAt);
      return value;
    } catch (error) {
      throw deadline.aborted ? lateFailure(stage, timeoutMs) : failureOf(stage, error);
    }
  }

  try {
    const token = await step('token', tokens.take);
    const issued = await step('ticket', (signal) => requestTicket({ urls, route, origin, token }, signal));
    ticket = issued;
    const opened = await step('upgrade', (signal) =>
      openProbeSocket({ url: urls.socket, ticket: issued.ticket, origin }, signal),
    );
    socket = opened;
    await step('echo', opened[check]);
    await step('close', opened.close);
    return { durationsMs, failure: null, ticket };
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    if (error.stage === 'ticket') tokens.drop();
    if (error.stage === 'upgrade') durationsMs.delete('upgrade');
    return { durationsMs, failure: error, ticket };
  } finally {
    socket?.terminate();
  }
}

const waitedFor: Readonly<Record<ProbeStage, string>> = {
  token: 'a token. Check the issuer, or the command of --issue-token.',
  ticket: 'a ticket. Check the ticket-service and its store, and the load balancer in front.',
  upgrade: 'the connection. Check the edge, and that the proxies in front pass WebSocket upgrades.',
  echo: 'the reply on the open connection. Check that the route echoes, or give --ping; and the proxies in front.',
  close: 'the end of the connection. Check the proxies in front.',
};

function lateFailure(stage: ProbeStage, timeoutMs: number): ProbeFailure {
  return new ProbeFailure(stage, `Nothing came within ${timeoutMs} ms while waiting for ${waitedFor[stage]}`);
}

function failureOf(stage: ProbeStage, cause: unknown): ProbeFailure {
  const failed = cause instanceof ClosedEarly && cause.isRejection ? 'upgrade' : stage;
  const message = cause instanceof Error ? cause.message : String(cause);
  const remedy = cause instanceof ServerRejection ? remedyOf(cause.publicCode) : '';
  return new ProbeFailure(failed, `${message} ${remedy}`.trimEnd(), { cause });
}

/** What an operator does about a public code: what is the same for all its reasons, or the first thing in an outage. */
function remedyOf(code: string | undefined): string {
  const rows = Object.values(reasons).filter((row) => row.code === code);
  const [first, ...others] = rows;
  return first && (others.length === 0 || first.fault === 'infrastructure') ? first.remedy : '';
}
