import { type AuditLog, isReason, type Running } from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';
import { createLastKnown } from './last-known.ts';

/** The metric `admit_events_total{type,reason}`. */
export interface EventTotals extends Running {
  /** Reads the totals now. @throws {AuditLogError} */
  read(): Promise<void>;
}

/**
 * Shows the totals of the audit log: the same at every replica, whatever is delivered again. While the audit log is
 * unavailable, they stay as they were.
 */
export function observeEventTotals(auditLog: Pick<AuditLog, 'totals'>, meter: Meter): EventTotals {
  const counter = meter.createObservableCounter('admit_events_total', {
    description: 'Events in the audit log; a folded event counts as its count',
  });
  const totals = createLastKnown(async () => {
    const counts = new Map<string, { type: string; reason: string; count: number }>();
    for (const { type, reason: text, count } of await auditLog.totals()) {
      const reason = labelOf(text);
      const key = `${type} ${reason}`;
      counts.set(key, { type, reason, count: count + (counts.get(key)?.count ?? 0) });
    }
    return [...counts.values()];
  });
  const observe: Parameters<typeof counter.addCallback>[0] = async (result) => {
    for (const { count, ...labels } of (await totals.get()) ?? []) result.observe(count, labels);
  };
  counter.addCallback(observe);
  return {
    read: totals.read,
    stop: async () => counter.removeCallback(observe),
  };
}

/** Labels come from the reasons table only: an event may hold any text. */
function labelOf(reason: string | null): string {
  if (reason === null) return '';
  return isReason(reason) ? reason : 'other';
}
