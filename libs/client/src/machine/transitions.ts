import type { ClientReason } from '../admit-socket.ts';
import type { Machine, Moment, Step } from './machine.ts';
import { freeAt, withinMinute } from './pace.ts';

export function unchanged(machine: Machine): Step {
  return [machine, { do: 'nothing' }];
}

/** Forgets the failures of before, as a connection that held or the wish of the application gives reason to. */
export function forgiven(machine: Machine): Machine {
  return { ...machine, failures: 0, refusals: 0, ticketFailures: 0, downSince: null, isFresh: false };
}

/** Begins an attempt, or waits for what it takes to begin one: the network, and its turn. */
export function begin(machine: Machine, { now, online }: Moment): Step {
  if (!online) return rest(machine, 'OFFLINE');
  const recent = withinMinute(machine.attempts, now);
  const turn = Math.max(machine.notBefore, freeAt(recent));
  if (turn > now) return wait(machine, turn, now);
  return [
    { ...machine, attempts: [...recent, now], phase: { state: 'authenticating', step: 'token' } },
    { do: 'token', fresh: machine.needsFresh },
  ];
}

export function wait(machine: Machine, until: number, now: number): Step {
  return [
    { ...machine, phase: { state: 'waiting', until } },
    { do: 'wait', delayMs: until - now },
  ];
}

/** Waits for the network or the page to come back. */
export function rest(machine: Machine, reason: ClientReason): Step {
  return [{ ...machine, reason, phase: { state: 'waiting', until: null } }, { do: 'rest' }];
}

/**
 * @param since when it stopped; null where it was meant to
 * @param closing whether the connection still has to come to its end
 */
export function stop(machine: Machine, since: number | null, closing = false): Step {
  return [{ ...machine, phase: { state: 'stopped', since, closing } }, { do: closing ? 'linger' : 'rest' }];
}
