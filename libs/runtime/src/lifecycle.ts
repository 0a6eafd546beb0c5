import { isatty } from 'node:tty';
import { ConfigError, type EnvironmentVariables, misspelledVariables } from '@admit-one/config';
import { errorMessage, StartError } from './errors.ts';
import type { Logger } from './logging.ts';

/** Closes something. Waits for unavailable peers, such as a bus, until the signal aborts; without a signal it does not wait. */
export type Close = (signal?: AbortSignal) => Promise<unknown> | unknown;

/** Closes what was opened, in reverse order. */
export interface Closers {
  add(name: string, close: Close): void;
  /** Closes everything once. Continues past errors and throws them together at the end. */
  close(signal?: AbortSignal): Promise<void>;
}

/** Collects what a service opens, so that a stop, or a start that fails, leaves nothing open. */
export function createClosers(): Closers {
  const opened: { name: string; close: Close }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(signal?: AbortSignal): Promise<void> {
    const errors: Error[] = [];
    for (const { name, close } of opened.reverse()) {
      try {
        await close(signal);
      } catch (error) {
        errors.push(new Error(`${name}: ${errorMessage(error)}`, { cause: error }));
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(errorMessage).join('; '));
  }

  return {
    add: (name, close) => opened.push({ name, close }),
    close(signal) {
      closing ??= closeAll(signal);
      return closing;
    },
  };
}

/** A running process. */
export interface Started {
  readonly log: Logger;
  readonly shutdownMs: number;
  /** Reloads what may change while the process runs. Never rejects. */
  reload?(): Promise<void>;
  /** Closes everything. Waits for unavailable peers until the signal aborts, to lose less. */
  stop(signal?: AbortSignal): Promise<void>;
}

/** The time reserved for closing after waiting for peers, limited to a share of the shutdown time. */
const END_MS = 2_000;
const END_SHARE = 0.2;

/** Signals this close together are one Ctrl-C: the terminal sends it to npm and to this process, and npm forwards it. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a process: start, wait for SIGTERM or SIGINT, stop within `shutdownMs`, exit. Exit code 0 after a clean stop, 1
 * after an error; a `StartError` or `ConfigError` is printed without a stack. A signal during the start takes effect
 * after it; a second signal ends the process at once. SIGHUP reloads.
 * @param environment what it was started with: misspelled variables are reported
 */
export async function runProcess(
  start: () => Promise<Started>,
  environment: EnvironmentVariables,
): Promise<void> {
  let started: Started | undefined;
  onSighup(() => void started?.reload?.());
  const signalled = firstSignal((signal) => {
    started?.log.warn({ signal }, 'stopped_at_once');
    process.exit(1);
  });
  try {
    started = await start();
  } catch (error) {
    process.stderr.write(`${startErrorText(error, environment)}\n`);
    process.exitCode = 1;
    return exitWhenFlushed();
  }

  const running = started;
  for (const misspelled of misspelledVariables(environment))
    running.log.warn(misspelled, 'variable_misspelled');
  process.on('uncaughtException', (error) => {
    running.log.fatal({ err: error }, 'uncaught_exception');
    process.exit(1);
  });
  void signalled.then((signal) => drain(running, signal));
}

function startErrorText(error: unknown, environment: EnvironmentVariables): string {
  if (error instanceof StartError) return error.message;
  if (error instanceof ConfigError) {
    const hints = misspelledVariables(environment).map(
      ({ variable, nearest }) =>
        `${variable} is set, and is no variable of Admit One: did you mean ${nearest}?`,
    );
    return [error.message, ...hints].join('\n');
  }
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
    const waitMs = shutdownMs - Math.min(END_MS, shutdownMs * END_SHARE);
    await stop(AbortSignal.timeout(Math.floor(waitMs)));
    log.info('stopped');
    process.exitCode = 0;
  } catch (error) {
    log.error({ err: error }, 'stopped_with_errors');
    process.exitCode = 1;
  }
  exitWhenFlushed();
}

/** Ends the process after its output is flushed, even if something is still open. */
function exitWhenFlushed(): void {
  process.stderr.write('', () => process.stdout.write('', () => process.exit()));
}

const STANDARD_STREAMS = [0, 1, 2] as const;

/**
 * Calls `reload` on SIGHUP, which would end the process by default. A closing terminal also sends SIGHUP to its
 * processes; then the process still ends.
 */
function onSighup(reload: () => void): void {
  const terminals = STANDARD_STREAMS.filter((fd) => isatty(fd));
  process.on('SIGHUP', () => {
    if (terminals.every((fd) => isatty(fd))) return reload();
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}
