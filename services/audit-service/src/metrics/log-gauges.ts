import type { AuditLog, KeptAside, Running, StorageReport, StreamReport } from '@admit-one/core';
import type { Meter, MetricName } from '@admit-one/runtime';
import { createLastKnown } from './last-known.ts';

interface LogState {
  readonly streams: readonly StreamReport[];
  readonly storage: StorageReport;
  readonly deadLetters: readonly KeptAside[];
}

/** What the audit log says of itself, by the names of the metrics. Undefined where there is nothing to show. */
const gauges = {
  admit_audit_stream_generation: ({ streams }) => streams[0]?.generation,
  admit_audit_stream_missing_messages: ({ streams }) =>
    streams.reduce((sum, { missingCount }) => sum + missingCount, 0),
  admit_audit_stream_lost_messages: ({ streams }) =>
    streams.reduce((sum, { lostCount }) => sum + lostCount, 0),
  admit_audit_horizon_lag_seconds: ({ streams: [current] }) => {
    if (!current || current.horizon >= current.last) return 0;
    return Math.max(0, Date.now() - Date.parse(current.horizonAt)) / 1000;
  },
  admit_audit_dead_letters: ({ deadLetters }) => deadLetters.reduce((sum, { count }) => sum + count, 0),
  admit_audit_outside_events: ({ storage }) => storage.outsideCount,
  admit_audit_oldest_day_timestamp_seconds: ({ storage }) => secondsOf(storage.oldestDay),
  admit_audit_retention_timestamp_seconds: ({ storage }) => secondsOf(storage.maintainedAt),
  admit_audit_size_bytes: ({ storage }) => storage.bytes,
} as const satisfies { readonly [Name in MetricName]?: (state: LogState) => number | undefined };

const names = Object.keys(gauges) as (keyof typeof gauges)[];

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
  const stop = meter.observe(names, async (observer) => {
    const current = await state.get();
    if (!current) return;
    for (const name of names) {
      const value = gauges[name](current);
      if (value !== undefined) observer.value(name, value, {});
    }
  });
  return { stop: async () => stop() };
}

/** Unix seconds. */
function secondsOf(time: string | null): number | undefined {
  return time === null ? undefined : Date.parse(time) / 1000;
}
