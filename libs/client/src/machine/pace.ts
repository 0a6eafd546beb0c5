import type { Machine } from './machine.ts';
import type { Failure } from './verdict.ts';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
const LONG_OUTAGE_MS = 120_000;
const MAX_DELAY_IN_LONG_OUTAGE_MS = 30_000;
/** How many doublings a planned restart skips, so that those whom it disconnects spread out. */
const STEPS_SKIPPED_FOR_RESTART = 3;

const REFUSALS_BEFORE_PATIENCE = 3;
const PATIENT_DELAY_MS = 30_000;

const MINUTE_MS = 60_000;
const MAX_ATTEMPTS_PER_MINUTE = 30;

/** Whether tickets have been refused so often that only a rare attempt makes sense. */
export function isPatient({ reason, refusals }: Machine): boolean {
  return reason === 'NOT_AUTHORIZED' && refusals >= REFUSALS_BEFORE_PATIENCE;
}

/**
 * How long to wait after a failure, in milliseconds: a random part of a delay that doubles (full jitter), on top of
 * what the server asks for; 30 to 60 s after three refused tickets.
 * @param random from 0 to below 1
 */
export function delayOf(failed: Machine, { retryAfterMs }: Failure, now: number, random: number): number {
  const { reason, failures, downSince } = failed;
  if (isPatient(failed)) return PATIENT_DELAY_MS * (1 + random);
  const longest = now - downSince > LONG_OUTAGE_MS ? MAX_DELAY_IN_LONG_OUTAGE_MS : MAX_DELAY_MS;
  const doublings = failures - 1 + (reason === 'RESTARTING' ? STEPS_SKIPPED_FOR_RESTART : 0);
  return retryAfterMs + random * Math.min(longest, FIRST_DELAY_MS * 2 ** doublings);
}

/** Those of the attempts that began within the last minute. A clock set back forgets what it puts into the future. */
export function withinMinute(attempts: readonly number[], now: number): readonly number[] {
  return attempts.filter((at) => at <= now && at > now - MINUTE_MS);
}

/** When another attempt may begin: whatever happens, there are at most 30 a minute. */
export function freeAt(attempts: readonly number[]): number {
  return attempts.length < MAX_ATTEMPTS_PER_MINUTE ? 0 : (attempts[0] ?? 0) + MINUTE_MS;
}
