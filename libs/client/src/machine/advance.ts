import { begin, rest } from './begin.ts';
import { fail } from './fail.ts';
import { forgiven, type Input, type Machine, type Moment, type Phase } from './machine.ts';

/** How long a policy is left alone before a page that is shown again tries whether it still holds. */
const SHOWN_AGAIN_MS = 60_000;

/** What is so after something happened; the same machine where that changes nothing. */
export function advance(machine: Machine, input: Input, moment: Moment): Machine {
  const { phase } = machine;
  const waits = phase.state === 'waiting';
  const isAtRest = waits || phase.state === 'stopped' || phase.state === 'idle';
  const isHurried = waits && !phase.binding;
  switch (input.type) {
    case 'due':
      return begin(machine, moment);
    case 'token':
      return { ...machine, phase: { state: 'authenticating', step: 'ticket' } };
    case 'ticket':
      return { ...machine, ticketId: input.ticketId, lastFailure: undefined, phase: { state: 'connecting' } };
    case 'opened':
      return { ...machine, reason: null, phase: { state: 'open', since: moment.now } };
    case 'failed':
      return fail(machine, input, moment);
    case 'close':
      return isOver(phase)
        ? machine
        : { ...machine, reason: 'CLOSED', phase: { state: 'stopped', since: null } };
    case 'resume':
      return isAtRest ? begin(forgiven(machine), moment) : machine;
    case 'online':
      return isHurried ? begin(forgiven(machine), moment) : machine;
    case 'offline':
      return isHurried ? begin(machine, moment) : machine;
    case 'show':
      return isHurried || isStale(phase, moment.now) ? begin(machine, moment) : machine;
    case 'hide':
      return isAtRest ? machine : rest(machine, 'HIDDEN');
    default:
      return input satisfies never;
  }
}

/** Whether nothing begins any more without the application. */
export function isOver(phase: Phase): boolean {
  return phase.state === 'stopped' && phase.since === null;
}

function isStale(phase: Phase, now: number): boolean {
  return phase.state === 'stopped' && phase.since !== null && now - phase.since >= SHOWN_AGAIN_MS;
}
