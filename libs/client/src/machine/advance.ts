import { fail } from './fail.ts';
import type { Credential, Input, Machine, Moment, Phase, Step } from './machine.ts';
import { begin, forgiven, rest, stop, unchanged } from './transitions.ts';

/** How long a policy is left alone before a page that is shown again tries whether it still holds. */
const SHOWN_AGAIN_MS = 60_000;
const FALLBACK_AFTER = 3;

/** The sequence of every attempt, and all that may cross it: what happened, to what is so now and has to be done. */
export function advance(machine: Machine, input: Input, moment: Moment): Step {
  const { phase } = machine;
  switch (input.type) {
    case 'start':
      return phase.state === 'idle' ? begin(machine, moment) : unchanged(machine);
    case 'resume':
      return isAtRest(phase) ? begin(forgiven({ ...machine, notBefore: 0 }), moment) : unchanged(machine);
    case 'due':
      return phase.state === 'waiting' ? begin({ ...machine, notBefore: 0 }, moment) : unchanged(machine);
    case 'token':
      return tokenCame(machine);
    case 'ticket':
      return upgrade({ ...machine, lastFailure: null }, 'ticket');
    case 'opened':
      return [{ ...machine, reason: null, phase: { state: 'open', since: moment.now } }, { do: 'hold' }];
    case 'failed':
    case 'told':
      return fail(machine, input, moment);
    case 'close':
      if (phase.state === 'stopped' && phase.since === null) return unchanged(machine);
      return stop({ ...machine, reason: 'CLOSED' }, null, phase.state === 'open');
    case 'offline':
      return phase.state === 'waiting' ? begin(machine, moment) : unchanged(machine);
    case 'online':
      if (phase.state !== 'waiting') return unchanged(machine);
      return begin(machine.reason === 'OFFLINE' ? forgiven(machine) : machine, moment);
    case 'show':
      return wakes(phase, moment.now) ? begin(machine, moment) : unchanged(machine);
    case 'hide':
      return phase.state === 'waiting' || isAtRest(phase) ? unchanged(machine) : rest(machine, 'HIDDEN');
    default:
      return input satisfies never;
  }
}

function tokenCame(machine: Machine): Step {
  const next = { ...machine, isFresh: machine.needsFresh, needsFresh: false };
  return machine.rules.fallback && machine.ticketFailures >= FALLBACK_AFTER
    ? upgrade(next, 'jwt')
    : [{ ...next, phase: { state: 'authenticating', step: 'ticket' } }, { do: 'ticket' }];
}

function upgrade(machine: Machine, present: Credential): Step {
  const phase: Phase = { state: 'connecting', presented: present, unexplained: null };
  return [
    { ...machine, phase },
    { do: 'upgrade', present },
  ];
}

function isAtRest({ state }: Phase): boolean {
  return state === 'idle' || state === 'waiting' || state === 'stopped';
}

function wakes(phase: Phase, now: number): boolean {
  if (phase.state === 'stopped') return phase.since !== null && now - phase.since >= SHOWN_AGAIN_MS;
  return phase.state === 'waiting';
}
