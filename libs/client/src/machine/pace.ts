import type { Verdict } from './verdict.ts';

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

export interface Misfortune {
  /** Attempts in a row without a connection that held. */
  readonly failures: number;
  /** Tickets refused in a row. */
  readonly refusals: number;
  /** When the first of these attempts failed. */
  readonly downSince: number | null;
}

/** Whether tickets have been refused so often that only a rare attempt makes sense. */
export function isPatient({ refusals }: Misfortune, { reason }: Verdict): boolean {
  return reason === 'NOT_AUTHORIZED' && refusals >= REFUSALS_BEFORE_PATIENCE;
}

/**
 * How long to wait before the next attempt, in milliseconds: a random part of a delay that doubles (full jitter), on
 * top of what the server asks for; 30 to 60 s after three refused tickets.
 * @param random from 0 to below 1
 */
export function delayOf(misfortune: Misfortune, verdict: Verdict, now: number, random: number): number {
  const { failures, downSince } = misfortune;
  if (isPatient(misfortune, verdict)) return PATIENT_DELAY_MS * (1 + random);
  const longest = now - (downSince ?? now) > LONG_OUTAGE_MS ? MAX_DELAY_IN_LONG_OUTAGE_MS : MAX_DELAY_MS;
  const steps = failures - 1 + (verdict.reason === 'RESTARTING' ? STEPS_SKIPPED_FOR_RESTART : 0);
  return verdict.retryAfterMs + random * Math.min(longest, FIRST_DELAY_MS * 2 ** steps);
}

/** Those of the attempts that began within the last minute. A clock set back forgets what it puts into the future. */
export function withinMinute(attempts: readonly number[], now: number): readonly number[] {
  return attempts.filter((at) => at <= now && at > now - MINUTE_MS);
}

/** When another attempt may begin: whatever happens, there are at most 30 a minute. */
export function freeAt(attempts: readonly number[]): number {
  return attempts.length < MAX_ATTEMPTS_PER_MINUTE ? 0 : (attempts[0] ?? 0) + MINUTE_MS;
}
