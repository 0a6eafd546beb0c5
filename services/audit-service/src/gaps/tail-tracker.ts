import type { SequenceReport } from '@admit-one/core';

/** A partition key whose tail is unknown. */
export interface UnknownTail {
  readonly partitionkey: string;
  /** RFC 3339. */
  readonly since: string | null;
}

/** What a look has found. */
export interface TailDiagnostics {
  /** Tails that have been unknown for the grace, each once. */
  readonly unknown: readonly UnknownTail[];
  /** Partition keys of those that are known after all. */
  readonly known: readonly string[];
}

export interface TailTracker {
  /**
   * @param reports all partition keys whose tail is unknown, among others
   * @param now milliseconds of a monotonic clock
   */
  look(reports: readonly SequenceReport[], now: number): TailDiagnostics;
}

interface Tracked {
  readonly since: number;
  readonly reported: boolean;
}

/** Waits a grace before a tail counts as unknown: the last events of an epoch may still be on their way. */
export function createTailTracker(graceMs: number): TailTracker {
  let tracked: ReadonlyMap<string, Tracked> = new Map();

  return {
    look(reports, now) {
      const before = tracked;
      const after = new Map<string, Tracked>();
      const unknown: UnknownTail[] = [];
      for (const { partitionkey, state, tailUnknownSince: since } of reports) {
        if (state !== 'tail_unknown') continue;
        const known = before.get(partitionkey) ?? { since: now, reported: false };
        const due = now - known.since >= graceMs;
        if (due && !known.reported) unknown.push({ partitionkey, since });
        after.set(partitionkey, { since: known.since, reported: due });
      }
      tracked = after;
      const known = [...before]
        .filter(([key, { reported }]) => reported && !after.has(key))
        .map(([key]) => key);
      return { unknown, known };
    },
  };
}
