import type { SequenceReport, StreamReport } from '@admit-one/core';

/** Sequences that are missing, inclusive on both ends. */
export type Hole = readonly [from: number, to: number];

export interface Gap {
  readonly partitionkey: string;
  readonly holes: readonly Hole[];
}

/** What a look has found. */
export interface GapDiagnostics {
  /** How many events have been missing for longer than the grace. */
  readonly missing: number;
  /** Holes that have outlived the grace since the look before. */
  readonly found: readonly Gap[];
  /** Partition keys whose reported gaps have all been filled. */
  readonly healed: readonly string[];
}

export interface GapTracker {
  /**
   * @param reports all partition keys with holes
   * @param now milliseconds of a monotonic clock
   */
  look(reports: readonly SequenceReport[], now: number): GapDiagnostics;
  /**
   * What is missing for longer than the grace, by the looks so far. Everything, until the first look is a grace old: then it
   * isn't known what is late.
   */
  overdue(report: SequenceReport, now: number): OverdueEvents;
  /**
   * How many messages of the event stream are missing for longer than the grace: its horizon has not moved since. As with
   * events, all that are missing until the first look is a grace old.
   * @param unixNow Unix milliseconds
   */
  overdueMessages(report: StreamReport, now: number, unixNow: number): number;
}

export interface OverdueEvents {
  readonly holes: readonly Hole[];
  /** Those of the holes that the report doesn't list as well. */
  readonly count: number;
}

interface Tracked {
  /** How far the numbering was announced at earlier looks, oldest first; the first one is the youngest that is a grace old. */
  readonly marks: readonly { readonly at: number; readonly announced: number }[];
  /** Holes up to this sequence were reported as lost; 0 before the first of them. */
  readonly reportedUpTo: number;
}

const UNKNOWN: Tracked = { marks: [], reportedUpTo: 0 };

/**
 * Tells lost events from late ones. Order across types is not promised on the bus, so a hole is given the grace: only
 * what was announced a grace ago is overdue.
 */
export function createGapTracker(graceMs: number): GapTracker {
  let tracked: ReadonlyMap<string, Tracked> = new Map();
  let since = Number.POSITIVE_INFINITY;

  return {
    look(reports, now) {
      since = Math.min(since, now);
      const before = tracked;
      const after = new Map<string, Tracked>();
      const found: Gap[] = [];
      let missing = 0;
      for (const report of reports) {
        const { partitionkey, announced } = report;
        const { marks, reportedUpTo } = before.get(partitionkey) ?? UNKNOWN;
        const recent = sinceGrace([...marks, { at: now, announced }], now - graceMs);
        const holes = overdueHoles(report, recent[0], now - graceMs);
        const unreported = holes.filter(([from]) => from > reportedUpTo);
        missing += countOf(holes, report);
        if (unreported.length > 0) found.push({ partitionkey, holes: unreported });
        after.set(partitionkey, { marks: recent, reportedUpTo: holes.at(-1)?.[1] ?? 0 });
      }
      tracked = after;
      return { missing, found, healed: healedSince(before, after) };
    },
    overdue(report, now) {
      if (now - since < graceMs) return { holes: report.missing, count: report.missingCount };
      const { marks } = tracked.get(report.partitionkey) ?? UNKNOWN;
      const holes = overdueHoles(report, sinceGrace(marks, now - graceMs)[0], now - graceMs);
      return { holes, count: countOf(holes, report) };
    },
    overdueMessages: ({ missingCount, horizonAt }, now, unixNow) =>
      now - since < graceMs || unixNow - Date.parse(horizonAt) >= graceMs ? missingCount : 0,
  };
}

/** Drops the marks that a younger one, itself at least a grace old, has overtaken. */
function sinceGrace(marks: Tracked['marks'], graceStart: number): Tracked['marks'] {
  const youngestOld = marks.findLastIndex(({ at }) => at <= graceStart);
  return marks.slice(Math.max(youngestOld, 0));
}

function overdueHoles(
  { missing }: SequenceReport,
  mark: Tracked['marks'][number] | undefined,
  graceStart: number,
): readonly Hole[] {
  if (!mark || mark.at > graceStart) return [];
  return missing.filter(([, to]) => to <= mark.announced);
}

/** A report lists the oldest holes only: where all of those are overdue, the others count as well. */
function countOf(holes: readonly Hole[], { missing, missingCount }: SequenceReport): number {
  if (holes.length === missing.length) return missingCount;
  return holes.reduce((count, [from, to]) => count + to - from + 1, 0);
}

function healedSince(before: ReadonlyMap<string, Tracked>, after: ReadonlyMap<string, Tracked>): string[] {
  return [...before]
    .filter(([key, { reportedUpTo }]) => reportedUpTo > 0 && (after.get(key)?.reportedUpTo ?? 0) === 0)
    .map(([key]) => key);
}
