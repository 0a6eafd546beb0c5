import { type AuditLog, isReason, type Running } from '@admit-one/core';
import { type LabelsOf, labelSetsOf, type Meter, metrics } from '@admit-one/runtime';
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
  const totals = createLastKnown(async () => {
    const counts = new Map(
      (labelSetsOf(metrics.admit_events_total) as readonly Labels[]).map((labels) => [
        keyOf(labels),
        { ...labels, count: 0 },
      ]),
    );
    for (const { type, reason: text, count } of await auditLog.totals()) {
      const reason = labelOf(text);
      const key = keyOf({ type, reason });
      counts.set(key, { type, reason, count: count + (counts.get(key)?.count ?? 0) });
    }
    return [...counts.values()];
  });
  const stop = meter.observe(['admit_events_total'], async (observer) => {
    for (const { count, ...labels } of (await totals.get()) ?? [])
      observer.value('admit_events_total', count, labels);
  });
  return {
    read: totals.read,
    stop: async () => stop(),
  };
}

type Labels = LabelsOf<'admit_events_total'>;

function keyOf({ type, reason }: Labels): string {
  return `${type} ${reason}`;
}

/** Labels come from the reasons table only: an event may hold any text. */
function labelOf(reason: string | null): Labels['reason'] {
  if (reason === null) return '';
  return isReason(reason) ? reason : 'other';
}
