import { backoffMs, needsLongDelay } from './backoff.ts';
import { beginAttempt } from './begin-attempt.ts';
import { type Conditions, type Machine, resetFailures } from './machine.ts';
import { decideRetry, type Failure } from './retry-decision.ts';

/** How long a connection stays up before the failures that came before it are forgotten. */
const HELD_MS = 10_000;

/** What comes after a failure: an attempt with a fresh token at once, an attempt later, or nothing. */
export function fail(machine: Machine, failure: Failure, moment: Conditions): Machine {
  const { phase } = machine;
  const { now, random, online } = moment;
  const { action, reason } = decideRetry(failure);
  const before = phase.state === 'open' && now - phase.since >= HELD_MS ? resetFailures(machine) : machine;
  const at = 'step' in phase ? phase.step : (phase.state as 'connecting' | 'open');
  const isRefused = reason === 'NOT_AUTHORIZED';
  const refreshes = action === 'refresh-token' && !before.fresh;
  const failures = before.failures + 1;
  const failed: Machine = {
    ...before,
    reason,
    failures,
    rejections: before.rejections + Number(isRefused),
    ticketFailures: before.ticketFailures + Number(isRefused || at === 'ticket'),
    fresh: refreshes || (before.fresh && at === 'token'),
    lastFailure: { code: failure.code || null, reason, phase: at, attempts: failures, at: now },
  };

  if (refreshes && at !== 'open') return beginAttempt(failed, moment);
  const { reconnect } = machine.rules;
  if (!reconnect || (action !== 'retry' && !refreshes)) {
    const isMeant = !reconnect || failure.code === 1000 || failure.code === 1005;
    return { ...failed, phase: { state: 'stopped', since: isMeant ? Infinity : now } };
  }
  if (!online) return beginAttempt(failed, moment);
  const until = now + backoffMs(failed, failure, random);
  return {
    ...failed,
    phase: { state: 'waiting', until, binding: failure.retryAfterMs > 0 || needsLongDelay(failed) },
  };
}
