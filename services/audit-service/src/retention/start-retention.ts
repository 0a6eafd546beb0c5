import type { AuditLog, Retention, Running } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';

export interface RetentionOptions {
  readonly auditLog: Pick<AuditLog, 'maintain'>;
  readonly retention: Retention;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  readonly everyMs?: number;
}

/** Prepares the next days of the audit log, and drops the old ones, every minute. Any number of replicas may do so. */
export function startRetention({
  auditLog,
  retention,
  log,
  dependencies,
  everyMs = 60_000,
}: RetentionOptions): Running {
  const outage = createOutageLog({
    log,
    failure: 'retention_failed',
    recovery: 'retention_recovered',
    isExplained: dependencies.isAnyDown,
  });
  return everyInterval(everyMs, async () => {
    try {
      const days = await auditLog.maintain(retention, Date.now());
      outage.succeeded();
      if (days.length > 0) log.info({ days, count: days.length }, 'days_dropped');
    } catch (error) {
      outage.failed(error);
    }
  });
}
