import { addressesOf } from './addresses.ts';
import { type Attempt, beginAttempt, type StepEffect } from './attempt.ts';
import type { Environment } from './environment.ts';
import { advance } from './machine/advance.ts';
import { type Effect, type Input, type Machine, newMachine } from './machine/machine.ts';
import { ownFailure } from './machine/verdict.ts';
import { narrate } from './narrate.ts';
import type { ConnectOptions } from './options.ts';
import { createPrefetch } from './prefetch.ts';
import { requestTicket, StepFailure } from './requests.ts';

/** Who is told what comes of a sequence. */
export interface Listener {
  /** Something happened, and all that follows from it is done or begun. */
  readonly advanced: (before: Machine, input: Input, after: Machine) => void;
  readonly message: (event: MessageEvent) => void;
}

/** A machine with its hands: it does what the machine says, and tells the machine what comes of it. */
export interface Driver {
  /** The address without a ticket. */
  readonly url: string;
  readonly machine: () => Machine;
  readonly attempt: () => Attempt;
  readonly tell: (input: Input) => void;
}

const TIMED_OUT: Input = { type: 'failed', failure: ownFailure('TIMEOUT') };

export function drive(options: ConnectOptions, environment: Environment, listener: Listener): Driver {
  const { timeoutMs = 10_000, reconnect = true, fallback, debug, getToken, route } = options;
  const addresses = addressesOf(options);
  const prefetch =
    options.prefetch && getToken
      ? createPrefetch(environment, async (signal) => {
          const token = await getToken({ fresh: false, reason: null, signal });
          if (token === null) throw new StepFailure(ownFailure('SIGNED_OUT'));
          const request = { token, route, lastFailure: null, signal };
          return { token, reply: await requestTicket(environment, addresses, request) };
        })
      : null;
  const { message } = listener;
  const context = { options, environment, addresses, prefetch, spent: new Set<string>(), tell, message };

  let machine = newMachine({ reconnect, fallback: !!fallback, asksStatus: !!getToken });
  let attempt = beginAttempt(context);
  let page: AbortController | null = null;
  let cancelTimer = () => {};

  function tell(input: Input): void {
    const before = machine;
    const moment = { now: environment.now(), random: environment.random(), online: environment.isOnline() };
    const [after, effect] = advance(before, input, moment);
    machine = after;
    if (debug) narrate(debug, before, input, after, effect);
    watchPage();
    perform(effect);
    listener.advanced(before, input, after);
  }

  function perform(effect: Effect): void {
    if (effect.do === 'nothing') return;
    cancelTimer();
    if (effect.do === 'token' || effect.do === 'wait' || effect.do === 'rest') letGo();
    switch (effect.do) {
      case 'rest':
        break;
      case 'hold':
        prefetch?.keep();
        break;
      case 'linger':
        later(timeoutMs, TIMED_OUT);
        break;
      case 'wait':
        later(effect.delayMs, { type: 'due' });
        break;
      default:
        void take(effect);
    }
  }

  function later(delayMs: number, input: Input): void {
    cancelTimer = environment.after(delayMs, () => tell(input));
  }

  function letGo(): void {
    attempt.abandon();
    attempt = beginAttempt(context);
    if (machine.phase.state === 'stopped') prefetch?.clear();
    else prefetch?.pause();
  }

  async function take(effect: StepEffect): Promise<void> {
    later(timeoutMs, TIMED_OUT);
    const { signal } = attempt;
    const input = await attempt.take(effect, machine).catch(failed);
    if (input && !signal.aborted) tell(input);
  }

  /** Listens to the page for as long as it may change something. */
  function watchPage(): void {
    const { phase } = machine;
    const isOver = phase.state === 'stopped' && phase.since === null;
    if (isOver) page?.abort();
    if (isOver) page = null;
    else if (!page) {
      page = new AbortController();
      environment.onPageEvent((type) => tell({ type }), page.signal);
    }
  }

  return { url: addresses.socket, machine: () => machine, attempt: () => attempt, tell };
}

function failed(error: unknown): Input {
  const failure = error instanceof StepFailure ? error.failure : ownFailure('NETWORK');
  return { type: 'failed', failure };
}
