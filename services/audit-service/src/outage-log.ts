import type { Logger } from '@admit-one/runtime';

/** Tells of an outage when it begins and when it is over, however often it is met in between. */
export interface OutageLog {
  failed(error: unknown): void;
  succeeded(): void;
}

export interface OutageLogOptions {
  readonly log: Logger;
  readonly level: 'warn' | 'error';
  /** The line that the first failure gets; the others get it too, at the level `debug`. */
  readonly failure: string;
  /** The line that the first success after failures gets, with how long they lasted and how many they were. */
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
