import type { AuditLog, Running, StoreClock } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';

export interface LostEdgesOptions {
  readonly auditLog: AuditLog;
  /** This instance: its own `alive` events say that the way into the audit log is open. */
  readonly instance: string;
  readonly clock: StoreClock;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  readonly checkMs: number;
  /** How long an instance must be silent to count as lost: several times as long as between two `alive`. */
  readonly silentMs: number;
}

/** How many connections are closed in one transaction. */
const BATCH = 200;

/**
 * Finds instances that fell silent, and closes the connections of lost edges in the audit log. Silence counts only while
 * this instance's own events come through: after an outage of the bus, of the audit log or of this process, every instance
 * gets the whole time again.
 */
export function startLostEdges(options: LostEdgesOptions): Running {
  const { auditLog, instance, clock, log, dependencies, checkMs, silentMs } = options;
  const outage = createOutageLog({
    log,
    failure: 'lost_edge_check_failed',
    recovery: 'lost_edge_check_recovered',
    isExplained: dependencies.isAnyDown,
  });
  let heard = { at: Number.NEGATIVE_INFINITY, seenAt: '' };
  let flowingSince = Number.POSITIVE_INFINITY;

  async function look(): Promise<void> {
    try {
      await listen();
      const now = performance.now();
      if (now - heard.at > silentMs / 2) flowingSince = Number.POSITIVE_INFINITY;
      if (now - flowingSince < silentMs) return;
      await auditLog.markSilent(silentMs);
      await closeLost();
      outage.succeeded();
    } catch (error) {
      flowingSince = Number.POSITIVE_INFINITY;
      outage.failed(error);
    }
  }

  async function listen(): Promise<void> {
    const [own] = await auditLog.sequences({ partitionkeys: [instance] });
    if (!own || own.seenAt === heard.seenAt) return;
    heard = { at: performance.now(), seenAt: own.seenAt };
    flowingSince = Math.min(flowingSince, heard.at);
  }

  async function closeLost(): Promise<void> {
    const closed = await auditLog.closeLostConnections({
      source: instance,
      now: clock.now(),
      silentMs,
      limit: BATCH,
    });
    if (closed.length === 0) return;
    log.warn({ connections: closed.length }, 'lost_connections_closed');
    if (closed.length === BATCH) await closeLost();
  }

  return everyInterval(checkMs, look);
}
