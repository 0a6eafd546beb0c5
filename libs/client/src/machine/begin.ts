import type { ClientReason } from '../admit-socket.ts';
import type { Machine, Moment } from './machine.ts';
import { freeAt, withinMinute } from './pace.ts';

/** Begins an attempt, or waits for what it takes to begin one: the network, and a turn. */
export function begin(machine: Machine, { now, online }: Moment): Machine {
  if (!online) return rest(machine, 'OFFLINE');
  const recent = withinMinute(machine.attempts, now);
  const until = freeAt(recent);
  return until > now
    ? { ...machine, phase: { state: 'waiting', until, binding: true } }
    : { ...machine, attempts: [...recent, now], phase: { state: 'authenticating', step: 'token' } };
}

/** Waits for the network or the page to come back. */
export function rest(machine: Machine, reason: ClientReason): Machine {
  return { ...machine, reason, phase: { state: 'waiting', until: null, binding: false } };
}
