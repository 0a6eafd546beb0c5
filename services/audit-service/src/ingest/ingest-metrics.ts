import type { DeliveryIssue, ReceivedEvent, StoreClock } from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';

/** Metrics of the ingest. */
export interface IngestMetrics {
  ingested(found: readonly ReceivedEvent[], stored: readonly ReceivedEvent[]): void;
  rejected(issues: readonly DeliveryIssue[]): void;
  /** The events were not stored, or it is unknown whether they were. */
  failed(found: readonly ReceivedEvent[]): void;
  stop(): void;
}

export function createIngestMetrics(meter: Meter, clock: StoreClock): IngestMetrics {
  const stored = meter.counter('admit_audit_stored_events_total');
  const repeated = meter.counter('admit_audit_repeated_events_total');
  const rejected = meter.counter('admit_audit_rejected_events_total');
  const failures = meter.counter('admit_audit_ingest_failures_total');
  let lagMs: number | undefined;
  /** The time of the oldest event that could not be stored, Unix milliseconds. */
  let waitingSince: number | undefined;
  const stop = meter.observe(['admit_audit_lag_seconds'], (observer) => {
    const observed = waitingSince === undefined ? lagMs : clock.now() - waitingSince;
    if (observed !== undefined) observer.value('admit_audit_lag_seconds', Math.max(0, observed) / 1000, {});
  });

  return {
    ingested(found, fresh) {
      stored.add(fresh.length);
      repeated.add(found.length - fresh.length);
      waitingSince = undefined;
      if (found.length > 0) lagMs = clock.now() - newestOf(found);
    },
    rejected(issues) {
      for (const { why } of issues) rejected.add(1, { why });
    },
    failed(found) {
      failures.add(1);
      waitingSince = Math.min(waitingSince ?? clock.now(), oldestOf(found));
    },
    stop,
  };
}

/** Unix milliseconds. */
function newestOf(events: readonly ReceivedEvent[]): number {
  return events.reduce((newest, { time }) => Math.max(newest, Date.parse(time)), Number.NEGATIVE_INFINITY);
}

/** Unix milliseconds. */
function oldestOf(events: readonly ReceivedEvent[]): number {
  return events.reduce((oldest, { time }) => Math.min(oldest, Date.parse(time)), Number.POSITIVE_INFINITY);
}
