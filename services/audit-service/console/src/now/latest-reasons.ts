import type { SummaryRow } from '@admit-one/audit-service/api-types';

export interface LatestReason {
  readonly reason: string;
  readonly count: number;
  /** Where the minute of the last one begins, RFC 3339. */
  readonly last: string;
}

/** What was rejected last comes first; in the same minute, what was rejected most. */
export function latestReasons(rows: readonly SummaryRow[]): readonly LatestReason[] {
  const found = new Map<string, LatestReason>();
  for (const { time, count, reason } of rows) {
    if (typeof reason !== 'string') continue;
    const known = found.get(reason) ?? { reason, count: 0, last: time };
    found.set(reason, {
      reason,
      count: known.count + count,
      last: time > known.last ? time : known.last,
    });
  }
  return [...found.values()].sort(
    (one, other) => other.last.localeCompare(one.last) || other.count - one.count,
  );
}
