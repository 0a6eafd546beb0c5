import { createSourceRate, FOLD_MS, type Reason, type Severity } from '@admit-one/core';
import type { Dependencies } from './dependencies.ts';
import type { LogEventNameAt, LogFacts } from './log-events/catalogue.ts';
import { type Logger, logAt } from './logging.ts';

/** The lines that it may bound: those that a reason decides the severity of, and a failure that is always CRITICAL. */
export type RejectionLine = LogEventNameAt<Severity> | 'http_request_failed';

/** Logs rejections, however many there are. */
export interface RejectionLog {
  /**
   * Logs a rejection, or counts it where it is above the rate of its reason and network. What our side caused (CRITICAL) has
   * one rate for all networks.
   * @param network the network of the client; null if it is unknown
   */
  write<Name extends RejectionLine>(
    severity: Severity,
    facts: LogFacts<Name> & { readonly reason: Reason },
    name: Name,
    network: string | null,
  ): void;
  /** Logs what has been counted. */
  stop(): void;
}

interface Count {
  readonly severity: Severity;
  readonly facts: { readonly rejection: string; readonly reason: Reason; readonly network: string | null };
  count: number;
}

/** An outage rejects everyone: so many lines of a kind and reason show who, and the count how many. */
const CRITICAL_AT_ONCE = 20;

/** What a line is about, unless it is a request. */
const KINDS = { command_failed: 'commands', websocket_closed: 'connections' } as const;

/** What is above the rate becomes one line, `rejections_folded`, after a minute. */
export function createRejectionLog(
  log: Logger,
  dependencies: Pick<Dependencies, 'countRejected'>,
): RejectionLog {
  const rate = createSourceRate();
  const criticalRate = createSourceRate(CRITICAL_AT_ONCE);
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
    write(severity, facts, name, from) {
      const { reason } = facts;
      dependencies.countRejected(KINDS[name as keyof typeof KINDS] ?? 'requests', reason);
      const isCritical = severity === 'CRITICAL';
      const kind = `${name} ${reason}`;
      const network = isCritical ? criticalRate.above(kind, null) : rate.above(kind, from);
      if (network === undefined) {
        logAt<RejectionLine>(log, severity as 'CRITICAL', facts, name);
        return;
      }
      const key = `${kind} from ${network}`;
      const counted = counts.get(key);
      if (counted) counted.count += 1;
      else counts.set(key, { severity, facts: { rejection: name, reason, network }, count: 1 });
      timer ??= setTimeout(writeCounts, FOLD_MS).unref();
    },
    stop: writeCounts,
  };
}
