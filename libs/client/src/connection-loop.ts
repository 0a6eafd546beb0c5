import { type Addresses, resolveAddresses } from './addresses.ts';
import { type Environment, platform, type WebSocketLike } from './environment.ts';
import { type Input, type Machine, newMachine } from './machine/machine.ts';
import { failureOf } from './machine/retry-decision.ts';
import { isFinal, transition } from './machine/transition.ts';
import type { ConnectOptions, DebugConsole } from './options.ts';
import type { Prefetch } from './prefetch.ts';
import { runAttempt } from './run-attempt.ts';

type Settings = Omit<ConnectOptions, 'url' | 'ticketUrl' | 'environment'>;

const JWT_FALLBACK_AFTER = 3;

/** A machine, and all that its hands need: they do what it says, and tell it what comes of it. */
export interface ConnectionLoop extends Settings, Addresses, Environment {
  readonly dispatch: (input: Input) => void;
  readonly onMessage: (event: MessageEventInit) => void;
  machine: Machine;
  /** Of the last attempt that came so far. */
  socket?: WebSocketLike;
  /** Where it is asked for, and has loaded. */
  prefetched?: Prefetch;
  /** The ticket that was presented last, which is never presented again. */
  spent?: string;
}

/** @param advanced is told of all that happens, once what follows from it is done or begun */
export function createConnectionLoop(
  options: ConnectOptions,
  advanced: (before: Machine, input: Input, after: Machine) => void,
  message: ConnectionLoop['onMessage'],
): ConnectionLoop {
  const { timeoutMs = 10_000, reconnect = true, useTickets = true, fallback, debug } = options;
  const jwtAfter = useTickets ? (fallback ? JWT_FALLBACK_AFTER : Infinity) : 0;
  const settings = { ...platform(), ...options.environment, ...options, ...resolveAddresses(options) };
  const { now, random, isOnline } = settings;
  const sequence: ConnectionLoop = {
    ...settings,
    machine: newMachine({ reconnect, jwtAfter }),
    onMessage: message,
    dispatch: tell,
  };
  const narration = debug && import('./debug-log.ts');
  const prefetching =
    options.prefetch &&
    import('./prefetch.ts').then(({ createPrefetch }) => {
      sequence.prefetched = createPrefetch(settings);
    }, ignore);
  let attempted = new AbortController();
  let entered = new AbortController();

  function tell(input: Input): void {
    const before = sequence.machine;
    const moment = { now: now(), random: random(), online: isOnline() };
    const reached = transition(before, input, moment);
    sequence.machine = reached;
    narration?.then(
      ({ logTransition: narrate }) => narrate(debug as DebugConsole, before, input, reached, moment.now),
      ignore,
    );
    if (before !== reached) enter(reached);
    if (sequence.machine === reached) advanced(before, input, reached);
  }

  function enter({ phase }: Machine): void {
    entered.abort();
    entered = new AbortController();
    const { signal } = attempted;
    if (!isFinal(phase)) settings.onPageEvent((type) => tell({ type }), entered.signal);
    switch (phase.state) {
      case 'authenticating':
      case 'connecting':
        later(timeoutMs, failureOf(0, 'TIMEOUT'));
        if ('step' in phase && phase.step === 'token') begin();
        break;
      case 'open':
        if (prefetching) prefetching.then(() => sequence.prefetched?.start(signal));
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
    runAttempt(sequence, signal).catch(() => {
      if (!signal.aborted) tell(failureOf(0, 'NETWORK'));
    });
  }

  function later(delayMs: number, input: Input): void {
    settings.after(delayMs, () => tell(input), entered.signal);
  }

  return sequence;
}

/** What comes of a part that did not load: the sequence goes on without it. */
function ignore(): undefined {}
