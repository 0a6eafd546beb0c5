import type { Machine } from './machine.ts';
import type { Failure } from './retry-decision.ts';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** About two minutes of them. */
const FAILURES_OF_LONG_OUTAGE = 50;
const MAX_DELAY_IN_LONG_OUTAGE_MS = 30_000;
/** How many doublings a planned restart skips, so that those whom it disconnects spread out. */
const STEPS_SKIPPED_FOR_RESTART = 3;

const REJECTIONS_BEFORE_LONG_DELAY = 3;
const LONG_DELAY_MS = 30_000;

/** Whether tickets have been refused so often that only a rare attempt makes sense. */
export function needsLongDelay({ reason, rejections: refusals }: Machine): boolean {
  return reason === 'NOT_AUTHORIZED' && refusals >= REJECTIONS_BEFORE_LONG_DELAY;
}

/**
 * How long to wait after a failure, in milliseconds: a random part of a delay that doubles (full jitter), on top of
 * what the server asks for; 30 to 60 s after three refused tickets.
 * @param random from 0 to below 1
 */
export function backoffMs(failed: Machine, { retryAfterMs }: Failure, random: number): number {
  const { reason, failures } = failed;
  if (needsLongDelay(failed)) return LONG_DELAY_MS + Math.ceil(random * LONG_DELAY_MS);
  const longest = failures > FAILURES_OF_LONG_OUTAGE ? MAX_DELAY_IN_LONG_OUTAGE_MS : MAX_DELAY_MS;
  const doublings = failures - 1 + (reason === 'RESTARTING' ? STEPS_SKIPPED_FOR_RESTART : 0);
  return retryAfterMs + Math.ceil(random * Math.min(longest, FIRST_DELAY_MS * 2 ** doublings));
}
