import { setTimeout as pause } from 'node:timers/promises';
import { connect, UpgradeRejected } from '@admit-one/testkit';
import type { Stack } from '../stack/stack.ts';
import { carrying, routeUrl } from '../stack/visitor.ts';

/** What became of one visit. */
export type Visit =
  | { readonly kind: 'admitted'; readonly ticket: string; readonly ticketId: string; readonly at: number }
  /** Rejected a ticket, or rejected with one: a precise rejection has a code. */
  | {
      readonly kind: 'rejected';
      readonly step: 'ticket' | 'connection';
      readonly status: number;
      readonly code: string;
      readonly ms: number;
      readonly at: number;
    }
  /** Cut off without a word. */
  | {
      readonly kind: 'broken';
      readonly step: 'ticket' | 'connection';
      readonly why: string;
      readonly at: number;
    };

/** Visitors that come one after the other, several at a time, until they are told to stop. */
export interface Visits {
  /** Everything so far, in the order that it ended. */
  readonly made: readonly Visit[];
  stop(): Promise<readonly Visit[]>;
}

export interface VisitsOptions {
  readonly atATime?: number;
}

/** Between two visits of one visitor: enough of them come, and the machine has time for what they visit. */
const PAUSE_MS = 20;

/** Starts visitors: each asks for a ticket, connects with it to one of the edges, says a word, hears it back and leaves. */
export function keepVisiting(stack: Stack, { atATime = 4 }: VisitsOptions = {}): Visits {
  const made: Visit[] = [];
  let stopped = false;
  const visitors = Array.from({ length: atATime }, async (_, visitor) => {
    for (let visit = 0; !stopped; visit += 1) {
      made.push(await makeVisit(stack, visitor + visit));
      await pause(PAUSE_MS);
    }
  });
  return {
    made,
    async stop() {
      stopped = true;
      await Promise.all(visitors);
      return made;
    },
  };
}

/** Makes one visit. */
export async function makeVisit(stack: Stack, edge = 0): Promise<Visit> {
  const startedAt = performance.now();
  const after = () => performance.now() - startedAt;
  let step: 'ticket' | 'connection' = 'ticket';
  try {
    const response = await fetch(`${stack.tickets}/api/websocket/ticket`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await stack.users.token()}` },
      signal: AbortSignal.timeout(10_000),
    });
    const body = (await response.json()) as { ticket: string; ticketId: string; code: string };
    if (response.status !== 200)
      return {
        kind: 'rejected',
        step,
        status: response.status,
        code: body.code,
        ms: after(),
        at: Date.now(),
      };
    step = 'connection';
    return await use(stack, body, edge);
  } catch (error) {
    if (error instanceof UpgradeRejected) {
      const { status, problem } = error;
      return { kind: 'rejected', step, status, code: String(problem.code), ms: after(), at: Date.now() };
    }
    return { kind: 'broken', step, why: String(error), at: Date.now() };
  }

  async function use(
    stack: Stack,
    { ticket, ticketId }: { ticket: string; ticketId: string },
    edge: number,
  ): Promise<Visit> {
    const connection = await connect(routeUrl(stack, 'echo', edge), { protocols: carrying(ticket) });
    connection.socket.send('hello');
    const outcome = await Promise.race([connection.next().then(() => 'echo' as const), connection.closed]);
    if (outcome !== 'echo')
      return {
        kind: 'rejected',
        step: 'connection',
        status: outcome.code,
        code: outcome.reason,
        ms: after(),
        at: Date.now(),
      };
    await connection.close();
    return { kind: 'admitted', ticket, ticketId, at: Date.now() };
  }
}

/** Presents a ticket again, and says whether it was let in. */
export async function isLetInAgain(stack: Stack, ticket: string, edge = 0): Promise<boolean> {
  try {
    const connection = await connect(routeUrl(stack, 'echo', edge), { protocols: carrying(ticket) });
    connection.socket.send('again');
    const outcome = await Promise.race([
      connection.next().then(() => true),
      connection.closed.then(() => false),
    ]);
    connection.socket.terminate();
    return outcome;
  } catch {
    return false;
  }
}
