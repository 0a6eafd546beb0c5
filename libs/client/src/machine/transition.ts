import { beginAttempt } from './begin-attempt.ts';
import { fail } from './fail.ts';
import { type Conditions, type Input, type Machine, type Phase, resetFailures } from './machine.ts';
import { failureOf } from './retry-decision.ts';

/** How long a policy is left alone before a page that is shown again tries whether it still holds. */
const SHOWN_AGAIN_MS = 60_000;

/** What is so after something happened; the same machine where that changes nothing. */
export function transition(machine: Machine, input: Input, moment: Conditions): Machine {
  const { phase } = machine;
  const waits = phase.state === 'waiting';
  const isAtRest = waits || phase.state === 'stopped' || phase.state === 'idle';
  const isHurried = waits && !phase.binding;
  const isStale = phase.state === 'stopped' && moment.now - phase.since >= SHOWN_AGAIN_MS;
  switch (input.type) {
    case 'due':
      return beginAttempt(machine, moment);
    case 'token':
      return { ...machine, phase: { state: 'authenticating', step: 'ticket' } };
    case 'ticket':
    case 'jwt':
      return {
        ...machine,
        ticketId: input.ticketId ?? null,
        lastFailure: input.lastFailure,
        phase: { state: 'connecting' },
      };
    case 'opened':
      return { ...machine, reason: null, phase: { state: 'open', since: moment.now } };
    case 'failed':
      return fail(machine, input, moment);
    case 'close':
      return { ...machine, reason: 'CLOSED', phase: { state: 'stopped', since: Infinity } };
    case 'resume':
      return isAtRest ? beginAttempt(resetFailures(machine), moment) : machine;
    case 'show':
      return isHurried || isStale ? beginAttempt(resetFailures(machine), moment) : machine;
    case 'hide':
      return isAtRest ? machine : fail(machine, failureOf(1001, 'HIDDEN'), moment);
    default:
      return input satisfies never;
  }
}

/** Whether nothing begins any more without the application. */
export function isFinal(phase: Phase): boolean {
  return phase.state === 'stopped' && phase.since === Infinity;
}
