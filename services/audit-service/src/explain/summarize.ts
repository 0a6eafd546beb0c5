import type { EventCount } from '@admit-one/core';

/** A row of a summary: the time, a member for each name that it counts by, and the count. */
export type SummaryRow = Readonly<Record<string, string | number | null>>;

/**
 * Sums counts up by interval and by some of their type, reason and dimension.
 * @param by names; what is neither `type` nor `reason` is the dimension that the counts are of
 */
export function summarize(counts: readonly EventCount[], by: readonly string[]): readonly SummaryRow[] {
  const rows = new Map<string, { readonly row: SummaryRow; count: number }>();
  for (const { time, type, reason, value, count } of counts) {
    const members = by.map(
      (name) => [name, name === 'type' ? type : name === 'reason' ? reason : value] as const,
    );
    const key = JSON.stringify([time, members]);
    const known = rows.get(key);
    if (known) known.count += count;
    else rows.set(key, { row: { time, ...Object.fromEntries(members) }, count });
  }
  return [...rows.values()].map(({ row, count }) => ({ ...row, count }));
}
