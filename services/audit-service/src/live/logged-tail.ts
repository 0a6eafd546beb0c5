import type { AuditLog } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger } from '@admit-one/runtime';
import { createLiveTail, type LiveTail } from './live-tail.ts';

export interface LoggedTailOptions {
  readonly auditLog: Pick<AuditLog, 'query' | 'streams'>;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
}

/** How often new events are read for live views. */
const INTERVAL_MS = 500;

/** The live tail, with a line in the log where reading it begins to fail, and one where that is over. */
export function createLoggedTail({ auditLog, log, dependencies }: LoggedTailOptions): LiveTail {
  const outage = createOutageLog({
    log,
    failure: 'live_tail_failed',
    recovery: 'live_tail_recovered',
    isExplained: dependencies.isAnyDown,
  });
  return createLiveTail({
    auditLog,
    intervalMs: INTERVAL_MS,
    onRead: (error) => (error === undefined ? outage.succeeded() : outage.failed(error)),
  });
}
