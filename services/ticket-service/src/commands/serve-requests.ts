import { type Reason, type RequestReply, type Running, reasonRow, type TicketCommand } from '@admit-one/core';
import { type Logger, type RejectionLog, traceIdOf } from '@admit-one/runtime';
import { instanceSubject, type TicketReply, ticketSubjects } from '@admit-one/ticket-client';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import { type Commands, replyOf } from './commands.ts';
import { watchEventLoop } from './event-loop-watch.ts';
import {
  type BusCommand,
  createRequestReaders,
  type RequestReader,
  type TicketCommandRequest,
} from './read-request.ts';
import type { VerifyExchange } from './verify-exchange.ts';

export interface ServeRequestsOptions {
  /** This run of the process. Its replies name it, and it also answers on its own subjects. */
  readonly instance: string;
  readonly requests: RequestReply;
  /** Whether other processes may answer instead. */
  readonly shared: boolean;
  readonly commands: Commands;
  readonly verifyExchange: VerifyExchange;
  readonly log: Logger;
  readonly rejectionLog: Pick<RejectionLog, 'write'>;
  /** How many commands may be in flight at once; above it, OVERLOADED. */
  readonly maxInFlight?: number;
  /** How long the event loop may stand still before this instance stops taking requests until it has caught up. */
  readonly longestStallMs?: number;
}

/**
 * Serves reserve, exchange, confirm, release, redeem and time on the bus, until it is stopped. After a stop of the event loop it
 * leaves a shared bus first, so that new requests go to other instances while it works off those that waited.
 */
export async function serveRequests(options: ServeRequestsOptions): Promise<Running> {
  const { instance, requests, commands, verifyExchange, log, rejectionLog } = options;
  const { maxInFlight = 1_000, longestStallMs = 1_000 } = options;
  const readers = createRequestReaders();
  let served: Running[] = [];
  let inFlight = 0;
  let rejoining: Promise<void> | undefined;
  let stopping = false;

  async function answer(type: BusCommand, read: RequestReader, body: unknown): Promise<TicketReply> {
    const request = read(body);
    if (!request) return notRun('request_invalid', { command: type });
    const { ticketId, command } = request;
    if (inFlight >= maxInFlight) return notRun('overloaded', factsOf(request));
    inFlight += 1;
    try {
      const verified = 'token' in command ? await verifyExchange(command) : command;
      return replyOf(type, await commands.run(ticketId, verified));
    } catch (error) {
      const { reason, detail, retryAfterSeconds, cause: err } = rejectionErrorOf(error);
      return {
        ...failed(reason, { ...factsOf(request), detail, err }),
        ...(retryAfterSeconds && { retryAfterSeconds }),
      };
    } finally {
      inFlight -= 1;
    }
  }

  /** A command that is rejected without being run. */
  function notRun(reason: Reason, facts: { readonly command: TicketCommand['type'] }): TicketReply {
    commands.countRejected(facts.command, reason);
    return failed(reason, facts);
  }

  function failed(reason: Reason, facts: object): TicketReply {
    rejectionLog.write(reasonRow(reason).severity, { reason, ...facts }, 'command_failed', null);
    return { kind: 'rejected', now: null, reason, recorded: false };
  }

  async function serve(
    name: keyof typeof ticketSubjects,
    handler: (body: unknown) => Promise<object>,
  ): Promise<void> {
    const answerAs = async (body: unknown) => {
      watch.check();
      return { instance, ...(await handler(body)) };
    };
    const subject = ticketSubjects[name];
    for (const one of [subject, instanceSubject(subject, instance)])
      served.push(await requests.serve(one, answerAs));
  }

  async function join(): Promise<void> {
    for (const [type, read] of Object.entries(readers) as [BusCommand, RequestReader][])
      await serve(type, (body) => answer(type, read, body));
    await serve('time', async () => ({ now: await commands.ping() }));
  }

  async function leave(): Promise<void> {
    const leaving = served;
    served = [];
    await Promise.all(leaving.map((running) => running.stop()));
  }

  async function rejoin(): Promise<void> {
    try {
      await leave();
      if (!stopping) await join();
    } catch (error) {
      log.error({ err: error }, 'rejoining_failed');
    } finally {
      rejoining = undefined;
    }
  }

  const watch = watchEventLoop(longestStallMs, (stoodStillMs) => {
    if (!options.shared || stopping || rejoining) return;
    log.warn({ stoodStillMs: Math.round(stoodStillMs) }, 'event_loop_stalled');
    rejoining = rejoin();
  });

  async function stop(): Promise<void> {
    stopping = true;
    watch.stop();
    await rejoining;
    await leave();
  }

  try {
    await join();
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** For the log. */
function factsOf({ ticketId, command }: TicketCommandRequest) {
  return { command: command.type, ticketId, traceId: traceIdOf(command.context.traceparent) };
}
