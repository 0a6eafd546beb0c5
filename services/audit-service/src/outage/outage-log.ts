import type { Logger } from '@admit-one/runtime';

/** Logs an outage when it begins and when it ends, no matter how many calls fail in between. */
export interface OutageLog {
  failed(error: unknown): void;
  succeeded(): void;
}

export interface OutageLogOptions {
  readonly log: Logger;
  readonly level: 'warn' | 'error';
  /** The log line of a failure: the first is logged at `level`, later ones at `debug`. */
  readonly failure: string;
  /** The log line of the first success after failures, with their duration and count. */
  readonly recovery: string;
}

export function createOutageLog({ log, level, failure, recovery }: OutageLogOptions): OutageLog {
  let outage: { readonly since: number; failures: number } | undefined;
  return {
    failed(error) {
      log[outage ? 'debug' : level]({ err: error }, failure);
      outage ??= { since: performance.now(), failures: 0 };
      outage.failures += 1;
    },
    succeeded() {
      if (!outage) return;
      const seconds = Math.round(performance.now() - outage.since) / 1000;
      log.info({ seconds, failures: outage.failures }, recovery);
      outage = undefined;
    },
  };
}
