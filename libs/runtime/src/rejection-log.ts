import { createSourceRate, FOLD_MS, type Reason, type Severity } from '@admit-one/core';
import { type Logger, logAt } from './logging.ts';

/** What a log line of a rejection says, at least. */
export interface RejectionFacts {
  readonly reason: Reason;
}

/** Logs rejections, however many strangers cause. */
export interface RejectionLog {
  /**
   * Logs a rejection, or counts it where it is above the rate of its reason and network. What our side caused (CRITICAL) is
   * always logged.
   * @param network the network of the client; null if it is unknown
   */
  write(severity: Severity, facts: RejectionFacts, message: string, network: string | null): void;
  /** Logs what has been counted. */
  stop(): void;
}

interface Count {
  readonly severity: Severity;
  readonly facts: { readonly rejection: string; readonly reason: Reason; readonly network: string | null };
  count: number;
}

/** Each count becomes one line, `rejections_folded`, after a minute. */
export function createRejectionLog(log: Logger): RejectionLog {
  const rate = createSourceRate();
  const counts = new Map<string, Count>();
  let timer: NodeJS.Timeout | undefined;

  function writeCounts(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const { severity, facts, count } of counts.values())
      logAt(log, severity, { ...facts, count }, 'rejections_folded');
    counts.clear();
  }

  return {
    write(severity, facts, message, network) {
      const { reason } = facts;
      const key = `${message} ${reason} from ${network}`;
      if (severity === 'CRITICAL' || !rate.isAbove(key)) {
        logAt(log, severity, facts, message);
        return;
      }
      const counted = counts.get(key);
      if (counted) counted.count += 1;
      else counts.set(key, { severity, facts: { rejection: message, reason, network }, count: 1 });
      timer ??= setTimeout(writeCounts, FOLD_MS).unref();
    },
    stop: writeCounts,
  };
}
