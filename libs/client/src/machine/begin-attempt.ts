import type { Conditions, Machine } from './machine.ts';

const MINUTE_MS = 60_000;
/** A limit on all attempts, including those that `resume()` starts. */
const MAX_ATTEMPTS_PER_MINUTE = 30;

/** How long a browser is believed that reports no network: some do so where there is one. */
const OFFLINE_MS = 30_000;

/** Starts an attempt, or waits for the network and until the rate limit allows one. */
export function beginAttempt(machine: Machine, { now, online }: Conditions): Machine {
  if (!online) return { ...machine, reason: 'OFFLINE', phase: { state: 'waiting', until: now + OFFLINE_MS } };
  // After the clock was set back, times in the future are dropped.
  const recent = machine.attempts.filter((at) => at <= now && at > now - MINUTE_MS);
  const [oldest = now] = recent;
  return recent.length < MAX_ATTEMPTS_PER_MINUTE
    ? { ...machine, attempts: [...recent, now], phase: { state: 'authenticating', step: 'token' } }
    : { ...machine, phase: { state: 'waiting', until: oldest + MINUTE_MS, fixed: true } };
}
