import { resolveAddresses } from './addresses.ts';
import { platform } from './environment.ts';
import { type Input, type Machine, newMachine } from './machine/machine.ts';
import { failureOf } from './machine/retry-decision.ts';
import { isFinal, transition } from './machine/transition.ts';
import type { ConnectOptions, DebugConsole } from './options.ts';
import { runAttempt } from './run-attempt.ts';
import type { ConnectionLoop } from './types.ts';

const JWT_FALLBACK_AFTER = 3;

/**
 * @param onTransition called after each input, when its side effects are done or started. Skipped if a side effect has
 * dispatched another input meanwhile.
 */
export function createConnectionLoop(
  options: ConnectOptions,
  onTransition: (before: Machine, input: Input, after: Machine) => void,
  onMessage: ConnectionLoop['onMessage'],
): ConnectionLoop {
  const { timeoutMs = 10_000, reconnect = true, useTickets = true, fallback, debug } = options;
  const jwtAfter = useTickets ? (fallback ? JWT_FALLBACK_AFTER : Infinity) : 0;
  const settings = { ...platform(), ...options.environment, ...options, ...resolveAddresses(options) };
  const { now, random, isOnline } = settings;
  if (!settings.WebSocket) throw new TypeError('No WebSocket: pass environment.WebSocket');
  const loop: ConnectionLoop = {
    ...settings,
    machine: newMachine({ reconnect, jwtAfter }),
    onMessage,
    dispatch,
  };
  const debugLog = debug && import('./debug-log.ts');
  let attemptAbort = new AbortController();
  let phaseAbort = new AbortController();

  function dispatch(input: Input): void {
    const before = loop.machine;
    const conditions = { now: now(), random: random(), online: isOnline() };
    const after = transition(before, input, conditions);
    loop.machine = after;
    debugLog?.then(
      ({ logTransition }) => logTransition(debug as DebugConsole, before, input, after, conditions.now),
      ignore,
    );
    if (before !== after) enterPhase(after);
    if (loop.machine === after) onTransition(before, input, after);
  }

  function enterPhase({ phase }: Machine): void {
    phaseAbort.abort();
    phaseAbort = new AbortController();
    const { signal } = attemptAbort;
    if (!isFinal(phase)) settings.onPageEvent((type) => dispatch({ type }), phaseAbort.signal);
    switch (phase.state) {
      case 'authenticating':
      case 'connecting':
        schedule(timeoutMs, failureOf(0, 'TIMEOUT'));
        if ('step' in phase && phase.step === 'token') startAttempt();
        break;
      case 'open':
        if (options.prefetch)
          import('./prefetch.ts').then(({ createPrefetch }) => {
            loop.prefetched ??= createPrefetch(settings);
            loop.prefetched.start(signal);
          }, ignore);
        break;
      default:
        if (phase.state === 'waiting') schedule(phase.until - now(), { type: 'due' });
        // Last, since listeners of the signal may call `close()`.
        attemptAbort.abort();
    }
  }

  function startAttempt(): void {
    const last = attemptAbort;
    attemptAbort = new AbortController();
    const { signal } = attemptAbort;
    last.abort();
    if (signal.aborted) return;
    runAttempt(loop, signal).catch((error) => {
      if (!signal.aborted) dispatch({ ...failureOf(0, 'NETWORK'), error });
    });
  }

  function schedule(delayMs: number, input: Input): void {
    settings.after(delayMs, () => dispatch(input), phaseAbort.signal);
  }

  return loop;
}

/** Handles a failed import: the loop works without the optional module. */
function ignore(): undefined {}
