import type { Machine } from './machine.ts';
import type { Failure } from './retry-decision.ts';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** Takes about two minutes. */
const FAILURES_OF_LONG_OUTAGE = 50;
const MAX_DELAY_IN_LONG_OUTAGE_MS = 30_000;
/** Doublings skipped after a planned restart, so that reconnects spread out. */
const STEPS_SKIPPED_FOR_RESTART = 3;

const REJECTIONS_BEFORE_LONG_DELAY = 3;
const LONG_DELAY_MS = 30_000;

/** Whether so many tickets were rejected in a row that retrying soon does not help. */
export function needsLongDelay({ reason, rejections }: Machine): boolean {
  return reason === 'NOT_AUTHORIZED' && rejections >= REJECTIONS_BEFORE_LONG_DELAY;
}

/**
 * The wait before the next attempt, in milliseconds: exponential backoff with full jitter, added to the server's
 * `Retry-After`; 30 to 60 s after three rejected tickets.
 * @param random ≥ 0 and < 1
 */
export function backoffMs(machine: Machine, { retryAfterMs }: Failure, random: number): number {
  const { reason, failures } = machine;
  if (needsLongDelay(machine)) return LONG_DELAY_MS + Math.ceil(random * LONG_DELAY_MS);
  const maxDelayMs = failures > FAILURES_OF_LONG_OUTAGE ? MAX_DELAY_IN_LONG_OUTAGE_MS : MAX_DELAY_MS;
  const doublings = failures - 1 + (reason === 'RESTARTING' ? STEPS_SKIPPED_FOR_RESTART : 0);
  return retryAfterMs + Math.ceil(random * Math.min(maxDelayMs, FIRST_DELAY_MS * 2 ** doublings));
}
