import type { Machine } from './machine.ts';
import type { Failure } from './verdict.ts';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** About two minutes of them. */
const FAILURES_OF_LONG_OUTAGE = 50;
const MAX_DELAY_IN_LONG_OUTAGE_MS = 30_000;
/** How many doublings a planned restart skips, so that those whom it disconnects spread out. */
const STEPS_SKIPPED_FOR_RESTART = 3;

const REFUSALS_BEFORE_PATIENCE = 3;
const PATIENT_DELAY_MS = 30_000;

/** Whether tickets have been refused so often that only a rare attempt makes sense. */
export function isPatient({ reason, refusals }: Machine): boolean {
  return reason === 'NOT_AUTHORIZED' && refusals >= REFUSALS_BEFORE_PATIENCE;
}

/**
 * How long to wait after a failure, in milliseconds: a random part of a delay that doubles (full jitter), on top of
 * what the server asks for; 30 to 60 s after three refused tickets.
 * @param random from 0 to below 1
 */
export function delayOf(failed: Machine, { retryAfterMs }: Failure, random: number): number {
  const { reason, failures } = failed;
  if (isPatient(failed)) return PATIENT_DELAY_MS + Math.ceil(random * PATIENT_DELAY_MS);
  const longest = failures > FAILURES_OF_LONG_OUTAGE ? MAX_DELAY_IN_LONG_OUTAGE_MS : MAX_DELAY_MS;
  const doublings = failures - 1 + (reason === 'RESTARTING' ? STEPS_SKIPPED_FOR_RESTART : 0);
  return retryAfterMs + Math.ceil(random * Math.min(longest, FIRST_DELAY_MS * 2 ** doublings));
}
