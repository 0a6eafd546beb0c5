import { type Addresses, addressesOf } from './addresses.ts';
import { attempt } from './attempt.ts';
import { type Environment, platform, type WebSocketLike } from './environment.ts';
import { advance, isOver } from './machine/advance.ts';
import { type Input, type Machine, newMachine } from './machine/machine.ts';
import { failureOf } from './machine/verdict.ts';
import type { ConnectOptions, DebugConsole } from './options.ts';
import type { Prefetch } from './prefetch.ts';

type Settings = Omit<ConnectOptions, 'url' | 'ticketUrl' | 'environment'>;

const FALLBACK_AFTER = 3;

/** A machine, and all that its hands need: they do what it says, and tell it what comes of it. */
export interface Sequence extends Settings, Addresses, Environment {
  readonly tell: (input: Input) => void;
  readonly message: (event: MessageEventInit) => void;
  machine: Machine;
  /** Of the last attempt that came so far. */
  socket?: WebSocketLike;
  /** Where it is asked for, and has loaded. */
  prefetched?: Prefetch;
  /** The ticket that was presented last, which is never presented again. */
  spent?: string;
}

/** @param advanced is told of all that happens, once what follows from it is done or begun */
export function createSequence(
  options: ConnectOptions,
  advanced: (before: Machine, input: Input, after: Machine) => void,
  message: Sequence['message'],
): Sequence {
  const { timeoutMs = 10_000, reconnect = true, useTickets = true, fallback, debug } = options;
  const jwtAfter = useTickets ? (fallback ? FALLBACK_AFTER : Infinity) : 0;
  const settings = { ...platform(), ...options.environment, ...options, ...addressesOf(options) };
  const { now, random, isOnline } = settings;
  const sequence: Sequence = {
    ...settings,
    machine: newMachine({ reconnect, jwtAfter }),
    message,
    tell,
  };
  const narration = debug && import('./narrate.ts');
  const prefetching =
    options.prefetch &&
    import('./prefetch.ts').then(({ createPrefetch }) => {
      sequence.prefetched = createPrefetch(settings);
    }, nothing);
  let attempted = new AbortController();
  let entered = new AbortController();

  function tell(input: Input): void {
    const before = sequence.machine;
    const moment = { now: now(), random: random(), online: isOnline() };
    const reached = advance(before, input, moment);
    sequence.machine = reached;
    narration?.then(
      ({ narrate }) => narrate(debug as DebugConsole, before, input, reached, moment.now),
      nothing,
    );
    if (before !== reached) enter(reached);
    if (sequence.machine === reached) advanced(before, input, reached);
  }

  function enter({ phase }: Machine): void {
    entered.abort();
    entered = new AbortController();
    const { signal } = attempted;
    if (!isOver(phase)) settings.onPageEvent((type) => tell({ type }), entered.signal);
    switch (phase.state) {
      case 'authenticating':
      case 'connecting':
        later(timeoutMs, failureOf(0, 'TIMEOUT'));
        if ('step' in phase && phase.step === 'token') begin();
        break;
      case 'open':
        if (prefetching) prefetching.then(() => sequence.prefetched?.keep(signal));
        break;
      default:
        attempted.abort();
        if (phase.state === 'waiting' && phase.until) later(phase.until - now(), { type: 'due' });
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
    settings.after(delayMs, () => tell(input), entered.signal);
  }

  return sequence;
}

/** What comes of a part that did not load: the sequence goes on without it. */
function nothing(): undefined {}
