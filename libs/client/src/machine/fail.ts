import { backoffMs, needsLongDelay } from './backoff.ts';
import { beginAttempt } from './begin-attempt.ts';
import { type Conditions, type Machine, presentsJwt, resetFailures } from './machine.ts';
import { decideRetry, type Failure } from './retry-decision.ts';

/** A connection that was open this long resets the failure counters. */
const STABLE_MS = 10_000;

/** The next state after a failure: an attempt with a fresh token at once, a later attempt, or stopped. */
export function fail(machine: Machine, failure: Failure, conditions: Conditions): Machine {
  const { phase } = machine;
  const { now, random, online } = conditions;
  const { action, reason } = decideRetry(failure);
  const before = phase.state === 'open' && now - phase.since >= STABLE_MS ? resetFailures(machine) : machine;
  const step = 'step' in phase ? phase.step : (phase.state as 'connecting' | 'open');
  const isRejected = reason === 'NOT_AUTHORIZED';
  const refreshes = action === 'refresh-token' && !before.fresh;
  const failures = before.failures + 1;
  const failed: Machine = {
    ...before,
    reason,
    error: failure.error,
    failures,
    rejections: before.rejections + Number(isRejected),
    // A JWT that is not accepted: tickets may be again. Browsers are told after the upgrade.
    ticketFailures:
      presentsJwt(before) && (isRejected || step === 'connecting')
        ? 0
        : before.ticketFailures + Number(isRejected || step === 'ticket'),
    fresh: refreshes || (before.fresh && step === 'token'),
    lastFailure: { code: failure.code || null, reason, phase: step, attempts: failures, at: now },
  };

  if (refreshes && step !== 'open') return beginAttempt(failed, conditions);
  const { reconnect } = machine.rules;
  if (!reconnect || (action !== 'retry' && !refreshes)) {
    const isIntended = !reconnect || failure.code === 1000 || failure.code === 1005;
    return { ...failed, phase: { state: 'stopped', since: isIntended ? Infinity : now } };
  }
  if (!online) return beginAttempt(failed, conditions);
  const until = now + backoffMs(failed, failure, random);
  return {
    ...failed,
    phase: { state: 'waiting', until, fixed: failure.retryAfterMs > 0 || needsLongDelay(failed) },
  };
}
