import { type EventTotal, type EventType, factsOf, isReason, type ReceivedEvent } from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';

/** The metric `admit_events_total{type,reason}`: the totals of the audit log. */
export interface EventTotals {
  /** Sets the totals to those of the audit log. */
  reset(totals: readonly EventTotal[]): void;
  /** Counts events that are new to the audit log. */
  add(events: readonly ReceivedEvent[]): void;
  stop(): void;
}

interface Series {
  readonly type: EventType;
  readonly reason: string;
  count: number;
}

export function createEventTotals(meter: Meter): EventTotals {
  const counter = meter.createObservableCounter('admit_events_total', {
    description: 'Events in the audit log; a folded event counts as its count',
  });
  const series = new Map<string, Series>();
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

  return {
    reset(totals) {
      series.clear();
      for (const total of totals) count(total);
    },
    add(events) {
      for (const event of events) {
        const { reason, count: times } = factsOf(event);
        count({ type: event.type, reason, count: times });
      }
    },
    stop: () => counter.removeCallback(observe),
  };
}

/** Labels come from the reasons table only: an event may hold any text. */
function labelOf(reason: string | null): string {
  if (reason === null) return '';
  return isReason(reason) ? reason : 'other';
}
