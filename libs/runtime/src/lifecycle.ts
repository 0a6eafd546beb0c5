import { ConfigError } from '@admit-one/config';
import { errorMessage, StartError } from './errors.ts';
import type { Logger } from './logging.ts';
import { onSighup } from './sighup.ts';

/**
 * Closes something. Where it waits for others, such as a bus that is away, it waits until the signal aborts; without
 * one it does not wait.
 */
export type Close = (signal?: AbortSignal) => Promise<unknown> | unknown;

/** What was opened, in order; closed in the opposite one. */
export interface Closers {
  add(name: string, close: Close): void;
  /** Closes everything once, goes on past faults, and throws them together at the end. */
  close(signal?: AbortSignal): Promise<void>;
}

/** Collects what a service opens, so that a stop, or a start that fails half-way, leaves nothing behind. */
export function createClosers(): Closers {
  const opened: { name: string; close: Close }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(signal?: AbortSignal): Promise<void> {
    const faults: Error[] = [];
    for (const { name, close } of opened.reverse()) {
      try {
        await close(signal);
      } catch (error) {
        faults.push(new Error(`${name}: ${errorMessage(error)}`, { cause: error }));
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, faults.map(errorMessage).join('; '));
  }

  return {
    add: (name, close) => opened.push({ name, close }),
    close(signal) {
      closing ??= closeAll(signal);
      return closing;
    },
  };
}

/** A service that has started. */
export interface Started {
  readonly log: Logger;
  readonly shutdownMs: number;
  /** Reads again what may change while the process runs. Never rejects. */
  reload?(): Promise<void>;
  /** Closes everything, and waits until then for others, where that loses less. */
  stop(signal?: AbortSignal): Promise<void>;
}

/** What a stop that waits for others leaves of its time for an end in order, but no more than a share of it. */
const END_MS = 2_000;
const END_SHARE = 0.2;

/** Signals this close together are one Ctrl-C: a terminal sends it to npm and to us, and npm sends it on. */
const SAME_SIGNAL_MS = 1_000;

/**
 * The life of a process: start, wait for SIGTERM or SIGINT, stop within `shutdownMs`, exit.
 * Exit code 0 after a clean stop; 1 after a fault, which is one line where the operator can mend it. A signal during
 * the start counts when that is done; a second signal ends the process at once. SIGHUP reloads.
 */
export async function runProcess(start: () => Promise<Started>): Promise<void> {
  let started: Started | undefined;
  onSighup(() => void started?.reload?.());
  const signalled = firstSignal((signal) => {
    started?.log.warn({ signal }, 'stopped_at_once');
    process.exit(1);
  });
  try {
    started = await start();
  } catch (error) {
    process.stderr.write(`${startErrorText(error)}\n`);
    process.exitCode = 1;
    return exitWhenFlushed();
  }

  const running = started;
  process.on('uncaughtException', (error) => {
    running.log.fatal({ err: error }, 'uncaught_exception');
    process.exit(1);
  });
  void signalled.then((signal) => drain(running, signal));
}

function startErrorText(error: unknown): string {
  if (error instanceof StartError || error instanceof ConfigError) return error.message;
  return (error instanceof Error && error.stack) || String(error);
}

function firstSignal(onLaterOne: (signal: string) => void): Promise<string> {
  return new Promise((resolve) => {
    let first = Number.POSITIVE_INFINITY;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        const now = performance.now();
        first = Math.min(first, now);
        resolve(signal);
        if (now - first > SAME_SIGNAL_MS) onLaterOne(signal);
      });
  });
}

async function drain({ log, shutdownMs, stop }: Started, signal: string): Promise<void> {
  log.info({ signal }, 'stopping');
  setTimeout(() => {
    log.fatal({ shutdownMs }, 'stop_took_too_long');
    process.exit(1);
  }, shutdownMs);
  try {
    const patienceMs = shutdownMs - Math.min(END_MS, shutdownMs * END_SHARE);
    await stop(AbortSignal.timeout(Math.floor(patienceMs)));
    log.info('stopped');
    process.exitCode = 0;
  } catch (error) {
    log.error({ err: error }, 'stopped_with_faults');
    process.exitCode = 1;
  }
  exitWhenFlushed();
}

/** Ends the process though something may still be open, after what was written is out. */
function exitWhenFlushed(): void {
  process.stderr.write('', () => process.stdout.write('', () => process.exit()));
}
