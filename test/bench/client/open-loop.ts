import { setTimeout as pause } from 'node:timers/promises';
import type { LoadTarget } from './endpoint.ts';
import { createTally, createVisitor, type Visitor, type Visits } from './visit.ts';

export interface OpenLoop {
  readonly endpoint: LoadTarget;
  readonly tokens: readonly string[];
  readonly admissions: number;
  readonly perSecond: number;
}

/** How long after its ticket a visitor is due at the endpoint: time enough for any ticket that is not late itself. */
const THINKING_MS = 100;

/**
 * Visits on a schedule that heeds no answer. Each time counts from the moment that was set for it, however late it
 * began: a server that stalls is charged for all who had to wait, not only for the first.
 */
export async function runOpenLoop({ endpoint, tokens, admissions, perSecond }: OpenLoop): Promise<Visits> {
  const tally = createTally();
  const idle: Visitor[] = [];
  const startsAt = performance.now() + THINKING_MS;

  async function visit(n: number): Promise<void> {
    const askAt = startsAt + (n * 1000) / perSecond;
    await moment(askAt);
    const visitor = idle.pop() ?? createVisitor(endpoint);
    try {
      const secret = await visitor.credential(tokens[n % tokens.length] ?? '');
      const askedMs = performance.now() - askAt;
      const enterAt = askAt + THINKING_MS;
      await moment(enterAt);
      const socket = await visitor.enter(secret);
      const enteredMs = performance.now() - enterAt;
      await socket.close();
      tally.admitted(askedMs, enteredMs);
    } catch (error) {
      tally.failed(error);
    }
    idle.push(visitor);
  }

  await Promise.all(Array.from({ length: admissions }, (_, n) => visit(n)));
  for (const visitor of idle) visitor.leave();
  return tally.sum();
}

/** Resolves at a moment of the monotonic clock, up to a millisecond late; at once where it has passed. */
async function moment(at: number): Promise<void> {
  const leftMs = at - performance.now();
  if (leftMs > 0) await pause(leftMs);
}
