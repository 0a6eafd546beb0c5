import { setTimeout as sleep } from 'node:timers/promises';
import { type ExitCode, exitCodes } from '../command-error.ts';
import { createProgress, printable, type Terminal } from '../terminal.ts';
import { type Attempt, attempt, type ProbeTarget } from './attempt.ts';

export interface ProbeOptions {
  readonly target: ProbeTarget;
  readonly once: boolean;
  /** From the begin of an attempt to that of the next. An attempt that takes longer delays the next one. */
  readonly intervalMs: number;
  /** Where to serve metrics; undefined: nowhere. */
  readonly metrics: { readonly port: number; readonly host: string } | undefined;
}

/**
 * Probes until Ctrl-C, or once, and prints a line for each attempt.
 * @returns of one attempt, which step failed
 */
export async function probe(options: ProbeOptions, terminal: Terminal): Promise<ExitCode> {
  const { target, once, intervalMs, metrics: metricsAt } = options;
  const { stdout, stderr, interrupted } = terminal;
  const progress = createProgress(stderr);
  progress.info(`probing ${target.urls.ticket} and ${target.urls.socket} with ${target.tokens.from}`);
  // Its libraries take time to load.
  const metrics = metricsAt && (await (await import('./probe-metrics.ts')).serveProbeMetrics(metricsAt));
  if (metrics) progress.info(`metrics at ${metrics.url}`);
  let isMarked: boolean | undefined;
  try {
    for (;;) {
      const startedAt = performance.now();
      const found = await unlessAborted(attempt(target), interrupted);
      if (found === undefined) return exitCodes.success;
      metrics?.record(found);
      stdout.write(`${new Date().toISOString()} ${printable(lineOf(found))}\n`);
      if (found.ticket && found.ticket.synthetic !== isMarked) {
        isMarked = found.ticket.synthetic;
        if (!isMarked) progress.info(NOT_MARKED);
      }
      if (once) return found.failure?.exitCode ?? exitCodes.success;
      const restMs = Math.max(0, startedAt + intervalMs - performance.now());
      await sleep(restMs, undefined, { signal: interrupted }).catch(() => {});
      if (interrupted.aborted) return exitCodes.success;
    }
  } finally {
    await metrics?.stop();
  }
}

const NOT_MARKED =
  'warning: the events of this probe count as those of a user. Give it a token that JWT_SYNTHETIC_CLAIM marks (docs/probe.md).';

function lineOf({ durationsMs, failure, ticket }: Attempt): string {
  const steps = [...durationsMs].map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`).join(', ');
  if (failure === null) {
    const sum = [...durationsMs.values()].reduce((total, ms) => total + ms, 0);
    return `ok in ${sum.toFixed(1)} ms: ${steps}`;
  }
  const why = ticket ? ` npx @admit-one/cli why ${ticket.ticketId} says what the server knows.` : '';
  return `failed at ${failure.stage}: ${failure.message}${why}`;
}

/** The value, or undefined where the signal aborts first. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let stop = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
