import type { LastFailure } from '../options.ts';
import type { Input, Machine, Moment, Phase, Step } from './machine.ts';
import { delayOf, isPatient } from './pace.ts';
import { begin, forgiven, stop, unchanged, wait } from './transitions.ts';
import { type Failure, isNormalEnd, type Verdict, verdictOf } from './verdict.ts';

/** How long a connection stays up before the failures that came before it are forgotten. */
const HELD_MS = 10_000;

/** A step failed, a connection ended, or the status of a ticket says why its upgrade failed. */
export function fail(
  machine: Machine,
  input: Extract<Input, { type: 'failed' | 'told' }>,
  moment: Moment,
): Step {
  const { phase } = machine;
  if (phase.state === 'stopped') return phase.closing ? stop(machine, null) : unchanged(machine);
  const unexplained = phase.state === 'connecting' ? phase.unexplained : null;
  if (unexplained) {
    const text = (input.type === 'told' && input.code) || '';
    return settle(machine, { ...unexplained, text }, moment);
  }
  if (input.type === 'told') return unchanged(machine);
  const { failure } = input;
  if (phase.state === 'connecting' && machine.rules.asksStatus && isMute(phase, failure))
    return [{ ...machine, phase: { ...phase, unexplained: failure } }, { do: 'status' }];
  return settle(machine, failure, moment);
}

/** Browsers keep the answer to a failed upgrade to themselves, but the server tells what became of a ticket. */
function isMute({ presented }: Extract<Phase, { state: 'connecting' }>, { code }: Failure): boolean {
  return presented === 'ticket' && code === 1006;
}

/** Decides what comes after a failure: a fresh token at once, another attempt later, or nothing. */
function settle(machine: Machine, failure: Failure, moment: Moment): Step {
  const { now, random, online } = moment;
  const verdict = verdictOf(failure);
  const failed = counted(machine, failure, verdict, now);
  const since = machine.rules.reconnect && !isNormalEnd(failure) ? now : null;

  if (verdict.action === 'stop') return stop(failed, since);
  const needsFresh = failed.needsFresh || verdict.action === 'refresh-token';
  if (verdict.action === 'refresh-token') {
    if (failed.isFresh) return stop(failed, since);
    if (machine.phase.state !== 'open') return begin({ ...failed, needsFresh }, moment);
  }
  if (!machine.rules.reconnect) return stop(failed, since);
  if (!online) return begin({ ...failed, needsFresh }, moment);
  const until = now + delayOf(failed, verdict, now, random);
  const isBinding = verdict.retryAfterMs > 0 || isPatient(failed, verdict);
  return wait({ ...failed, needsFresh, notBefore: isBinding ? until : 0 }, until, now);
}

function counted(machine: Machine, failure: Failure, verdict: Verdict, now: number): Machine {
  const { phase } = machine;
  const held = phase.state === 'open' && now - phase.since >= HELD_MS;
  const before = held ? forgiven(machine) : machine;
  const step = stepOf(phase);
  const refused = verdict.reason === 'NOT_AUTHORIZED';
  const failures = before.failures + 1;
  return {
    ...before,
    reason: verdict.reason,
    failures,
    refusals: before.refusals + Number(refused),
    ticketFailures: before.ticketFailures + Number(refused || step === 'ticket'),
    downSince: before.downSince ?? now,
    lastFailure: { code: failure.code, reason: verdict.reason, phase: step, attempts: failures, at: now },
  };
}

function stepOf(phase: Phase): LastFailure['phase'] {
  if (phase.state === 'authenticating') return phase.step;
  return phase.state === 'open' ? 'open' : 'connecting';
}
