import { errorMessage } from './errors.ts';
import { type FailureName, logEvents, type RecoveryName } from './log-events/catalogue.ts';
import { type Logger, logAt } from './logging.ts';

/** Logs an outage when it begins and when it ends, no matter how many calls fail in between. */
export interface OutageLog {
  failed(error: unknown): void;
  succeeded(): void;
}

export interface OutageLogOptions {
  readonly log: Logger;
  /** The line of an outage, at the severity of the catalogue. Single failures are logged at DEBUG. */
  readonly failure: FailureName;
  /** The line of the first success after it, with its duration and the number of failures. */
  readonly recovery: RecoveryName;
  /** Whether a dependency is down: it has its own line, and this outage gets one only if it outlasts that. */
  readonly isExplained?: () => boolean;
  /** More members of both lines. */
  readonly about?: { readonly receiver: string };
}

/** An outage that is over sooner is not logged: what failed was tried again, and worked. */
export const OUTAGE_MS = 1_000;

interface Outage {
  readonly since: Date;
  readonly startedAt: number;
  readonly cause: string;
  failures: number;
  isLogged: boolean;
}

/** The line is logged at the first failure that comes a second after the outage began. */
export function createOutageLog(options: OutageLogOptions): OutageLog {
  const { log, failure, recovery, isExplained = () => false, about } = options;
  const [severity] = logEvents[failure].severity;
  let outage: Outage | undefined;

  function begin(error: unknown): Outage {
    return {
      since: new Date(),
      startedAt: performance.now(),
      cause: errorMessage(error),
      failures: 0,
      isLogged: false,
    };
  }

  return {
    failed(error) {
      outage ??= begin(error);
      outage.failures += 1;
      log.debug({ err: error }, failure);
      const { since, startedAt, cause, isLogged } = outage;
      if (isLogged || performance.now() - startedAt < OUTAGE_MS || isExplained()) return;
      outage.isLogged = true;
      logAt(log, severity, { cause, since, ...about }, failure);
    },
    succeeded() {
      if (outage?.isLogged) {
        const downSeconds = secondsSince(outage.startedAt);
        log.info({ downSeconds, failures: outage.failures, ...about }, recovery);
      }
      outage = undefined;
    },
  };
}

/** @param startedAt of `performance.now()` */
export function secondsSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt) / 1000;
}
