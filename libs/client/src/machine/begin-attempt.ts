import type { Conditions, Machine } from './machine.ts';

const MINUTE_MS = 60_000;
/** Whatever happens, and whoever asks for it. */
const MAX_ATTEMPTS_PER_MINUTE = 30;

/** Begins an attempt, or waits for what it takes to begin one: the network, and a turn. */
export function beginAttempt(machine: Machine, { now, online }: Conditions): Machine {
  if (!online) return { ...machine, reason: 'OFFLINE', phase: { state: 'waiting', until: null } };
  // A clock that was set back forgets what it puts into the future.
  const recent = machine.attempts.filter((at) => at <= now && at > now - MINUTE_MS);
  const [oldest = now] = recent;
  return recent.length < MAX_ATTEMPTS_PER_MINUTE
    ? { ...machine, attempts: [...recent, now], phase: { state: 'authenticating', step: 'token' } }
    : { ...machine, phase: { state: 'waiting', until: oldest + MINUTE_MS, binding: true } };
}
