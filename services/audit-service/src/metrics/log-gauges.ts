import type { AuditLog, KeptAside, Running, StorageReport, StreamReport } from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';
import { createLastKnown } from './last-known.ts';

interface LogState {
  readonly streams: readonly StreamReport[];
  readonly storage: StorageReport;
  readonly deadLetters: readonly KeptAside[];
}

interface Gauge {
  readonly description: string;
  readonly unit?: string;
  /** Undefined where there is nothing to show. */
  readonly measure: (state: LogState) => number | undefined;
}

/** What the audit log says of itself, by the names of the metrics. */
const gauges: Readonly<Record<string, Gauge>> = {
  admit_audit_stream_generation: {
    description: 'The number of the event stream in hand; it grows when the stream is created again',
    measure: ({ streams }) => streams[0]?.generation,
  },
  admit_audit_stream_missing_messages: {
    description: 'Messages that have not been received although later ones have',
    measure: ({ streams }) => streams.reduce((sum, { missingCount }) => sum + missingCount, 0),
  },
  admit_audit_stream_lost_messages: {
    description: 'Messages that the event stream dropped before they were received',
    measure: ({ streams }) => streams.reduce((sum, { lostCount }) => sum + lostCount, 0),
  },
  admit_audit_horizon_lag_seconds: {
    description: 'How long followers have been waiting for a missing message; 0 while none is missing',
    unit: 's',
    measure: ({ streams: [current] }) => {
      if (!current || current.horizon >= current.last) return 0;
      return Math.max(0, Date.now() - Date.parse(current.horizonAt)) / 1000;
    },
  },
  admit_audit_dead_letters: {
    description: 'Messages that were kept aside because something in them was no valid event',
    measure: ({ deadLetters }) => deadLetters.reduce((sum, { count }) => sum + count, 0),
  },
  admit_audit_outside_events: {
    description: 'Events whose time is outside of the days that are kept and the next three',
    measure: ({ storage }) => storage.outsideCount,
  },
  admit_audit_oldest_day_timestamp_seconds: {
    description: 'The start of the oldest day whose events are kept',
    unit: 's',
    measure: ({ storage }) => secondsOf(storage.oldestDay),
  },
  admit_audit_retention_timestamp_seconds: {
    description: 'When the retention last ran',
    unit: 's',
    measure: ({ storage }) => secondsOf(storage.maintainedAt),
  },
  admit_audit_size_bytes: {
    description: 'What the events of the kept days take on disk, with their indexes',
    unit: 'By',
    measure: ({ storage }) => storage.bytes,
  },
};

/** Shows gauges of the audit log itself: the same at every replica. */
export function observeLog(
  auditLog: Pick<AuditLog, 'streams' | 'storage' | 'keptAside'>,
  meter: Meter,
): Running {
  const state = createLastKnown(async (): Promise<LogState> => {
    const [streams, storage, { deadLetters }] = await Promise.all([
      auditLog.streams(),
      auditLog.storage(),
      auditLog.keptAside(),
    ]);
    return { streams, storage, deadLetters };
  });
  const observed = Object.entries(gauges).map(([name, { description, unit = '', measure }]) => ({
    gauge: meter.createObservableGauge(name, { description, unit }),
    measure,
  }));
  const all = observed.map(({ gauge }) => gauge);
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
    const current = await state.get();
    if (!current) return;
    for (const { gauge, measure } of observed) {
      const value = measure(current);
      if (value !== undefined) result.observe(gauge, value);
    }
  };
  meter.addBatchObservableCallback(observe, all);
  return { stop: async () => meter.removeBatchObservableCallback(observe, all) };
}

/** Unix seconds. */
function secondsOf(time: string | null): number | undefined {
  return time === null ? undefined : Date.parse(time) / 1000;
}
