import type { Conditions, Machine } from './machine.ts';

const MINUTE_MS = 60_000;
/** A limit on all attempts, including those that `resume()` starts. */
const MAX_ATTEMPTS_PER_MINUTE = 30;

/** Starts an attempt, or waits until there is a network and the rate limit allows one. */
export function beginAttempt(machine: Machine, { now, online }: Conditions): Machine {
  if (!online) return { ...machine, reason: 'OFFLINE', phase: { state: 'waiting', until: null } };
  // After the clock was set back, times in the future are dropped.
  const recent = machine.attempts.filter((at) => at <= now && at > now - MINUTE_MS);
  const [oldest = now] = recent;
  return recent.length < MAX_ATTEMPTS_PER_MINUTE
    ? { ...machine, attempts: [...recent, now], phase: { state: 'authenticating', step: 'token' } }
    : { ...machine, phase: { state: 'waiting', until: oldest + MINUTE_MS, fixed: true } };
}
