import {
  type AuditLog,
  type EventTotal,
  type EventType,
  factsOf,
  isReason,
  type ReceivedEvent,
} from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';

/** The metric `admit_events_total{type,reason}`: the totals of the audit log. */
export interface EventTotals {
  /**
   * Counts events that an append has stored; one append at a time.
   * @throws {AuditLogError} where the totals must be read again, and cannot
   */
  add(events: readonly ReceivedEvent[]): Promise<void>;
  /** Lets the next `add` read the totals again: events may have been stored that it was not called with. */
  recount(): void;
  stop(): void;
}

interface Series {
  readonly type: EventType;
  readonly reason: string;
  count: number;
}

export interface EventTotalsOptions {
  readonly meter: Meter;
  readonly auditLog: Pick<AuditLog, 'totals'>;
}

export function createEventTotals({ meter, auditLog }: EventTotalsOptions): EventTotals {
  const counter = meter.createObservableCounter('admit_events_total', {
    description: 'Events in the audit log; a folded event counts as its count',
  });
  const series = new Map<string, Series>();
  let known = false;
  const observe: Parameters<typeof counter.addCallback>[0] = (result) => {
    for (const { type, reason, count } of series.values()) result.observe(count, { type, reason });
  };
  counter.addCallback(observe);

  function count({ type, reason, count }: EventTotal): void {
    const label = labelOf(reason);
    const key = `${type} ${label}`;
    const known = series.get(key);
    if (known) known.count += count;
    else series.set(key, { type, reason: label, count });
  }

  async function readAll(): Promise<void> {
    known = true;
    try {
      const totals = await auditLog.totals();
      series.clear();
      for (const total of totals) count(total);
    } catch (error) {
      known = false;
      throw error;
    }
  }

  return {
    async add(events) {
      if (!known) return readAll();
      for (const event of events) {
        const { reason, count: times } = factsOf(event);
        count({ type: event.type, reason, count: times });
      }
    },
    recount() {
      known = false;
    },
    stop: () => counter.removeCallback(observe),
  };
}

/** Labels come from the reasons table only: an event may hold any text. */
function labelOf(reason: string | null): string {
  if (reason === null) return '';
  return isReason(reason) ? reason : 'other';
}
