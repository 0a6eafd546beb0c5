import { type Addresses, addressesOf } from './addresses.ts';
import { attempt } from './attempt.ts';
import { type Environment, platform, type WebSocketLike } from './environment.ts';
import { advance, isOver } from './machine/advance.ts';
import { type Input, type Machine, newMachine } from './machine/machine.ts';
import { failureOf } from './machine/verdict.ts';
import { narrate } from './narrate.ts';
import type { ConnectOptions } from './options.ts';
import { createPrefetch, type Prefetch } from './prefetch.ts';

/** Who is told what comes of a sequence. */
export interface Listener {
  /** Something happened, and all that follows from it is done or begun. */
  readonly advanced: (before: Machine, input: Input, after: Machine) => void;
  readonly message: (event: MessageEvent) => void;
}

type Settings = Omit<ConnectOptions, 'url' | 'ticketUrl' | 'environment'>;

/** A machine, and all that its hands need: they do what it says, and tell it what comes of it. */
export interface Sequence extends Settings, Addresses, Environment, Listener {
  readonly prefetched: Prefetch | undefined;
  readonly tell: (input: Input) => void;
  /** A line for developers; never a secret. */
  readonly say: (line: string) => void;
  machine: Machine;
  /** Of the last attempt that came so far. */
  socket?: WebSocketLike;
  /** The ticket that was presented last, which is never presented again. */
  spent?: string;
}

export function createSequence(options: ConnectOptions, listener: Listener): Sequence {
  const { timeoutMs = 10_000, reconnect = true, fallback, debug } = options;
  const settings = { ...platform(), ...options.environment, ...options, ...addressesOf(options) };
  const { now, random, isOnline, after } = settings;
  const sequence: Sequence = {
    ...settings,
    ...listener,
    prefetched: options.prefetch ? createPrefetch(settings) : undefined,
    machine: newMachine({ reconnect, fallback: !!fallback }),
    tell,
    say: (line) => debug?.log(line),
  };
  let attempted = new AbortController();
  let page: AbortController | undefined;
  let cancelTimer: (() => void) | undefined;

  function tell(input: Input): void {
    const before = sequence.machine;
    const reached = advance(before, input, { now: now(), random: random(), online: isOnline() });
    sequence.machine = reached;
    if (debug) narrate(debug, before, input, reached, now());
    if (before !== reached) enter(reached);
    listener.advanced(before, input, reached);
  }

  function enter({ phase }: Machine): void {
    cancelTimer?.();
    watchPage(!isOver(phase));
    switch (phase.state) {
      case 'authenticating':
      case 'connecting':
        later(timeoutMs, failureOf(0, 'TIMEOUT'));
        if (phase.state === 'authenticating' && phase.step === 'token') begin();
        break;
      case 'open':
        sequence.prefetched?.keep(attempted.signal);
        break;
      case 'waiting':
        attempted.abort();
        if (phase.until !== null) later(phase.until - now(), { type: 'due' });
        break;
      case 'stopped':
        attempted.abort();
        sequence.prefetched?.forget();
    }
  }

  function begin(): void {
    attempted.abort();
    attempted = new AbortController();
    const { signal } = attempted;
    attempt(sequence, signal).catch(() => {
      if (!signal.aborted) tell(failureOf(0, 'NETWORK'));
    });
  }

  function later(delayMs: number, input: Input): void {
    cancelTimer = after(delayMs, () => tell(input));
  }

  /** Listens to the page for as long as it may change something. */
  function watchPage(watches: boolean): void {
    if (!watches) page = page?.abort() as undefined;
    else if (!page) {
      page = new AbortController();
      settings.onPageEvent((type) => tell({ type }), page.signal);
    }
  }

  return sequence;
}
