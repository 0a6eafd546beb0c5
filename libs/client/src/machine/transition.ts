import { beginAttempt } from './begin-attempt.ts';
import { fail } from './fail.ts';
import { type Conditions, type Input, type Machine, type Phase, resetFailures } from './machine.ts';
import { failureOf } from './retry-decision.ts';

/** How long a page that is shown again leaves a stopped machine alone before it tries once. */
const STOPPED_RETRY_MS = 60_000;

/** The next state; the same object if the input changes nothing. */
export function transition(machine: Machine, input: Input, conditions: Conditions): Machine {
  const { phase } = machine;
  const isWaiting = phase.state === 'waiting';
  const isAtRest = isWaiting || phase.state === 'stopped' || phase.state === 'idle';
  const canSkipWait = isWaiting && !phase.fixed;
  const canRetryStopped = phase.state === 'stopped' && conditions.now - phase.since >= STOPPED_RETRY_MS;
  switch (input.type) {
    case 'due':
      return beginAttempt(machine, { ...conditions, online: true });
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
      return { ...machine, reason: null, error: undefined, phase: { state: 'open', since: conditions.now } };
    case 'failed':
      return fail(machine, input, conditions);
    case 'close':
      return { ...machine, reason: 'CLOSED', phase: { state: 'stopped', since: Infinity } };
    case 'resume':
      return isAtRest ? beginAttempt(resetFailures(machine), conditions) : machine;
    case 'show':
      return canSkipWait || canRetryStopped ? beginAttempt(resetFailures(machine), conditions) : machine;
    case 'hide':
      return isAtRest ? machine : fail(machine, failureOf(1001, 'HIDDEN'), conditions);
    default:
      return input satisfies never;
  }
}

/** Whether only the application can start another attempt. */
export function isFinal(phase: Phase): boolean {
  return phase.state === 'stopped' && phase.since === Infinity;
}
