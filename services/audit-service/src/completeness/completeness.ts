import {
  type AuditLog,
  horizonPosition,
  type PartitionKeyState,
  type SequenceReport,
  type StoredAcknowledgement,
} from '@admit-one/core';
import type { GapWatch } from '../gaps/gap-watch.ts';

/** What the audit log lacks, and what it keeps aside. */
export interface Completeness {
  /** The position up to which nothing can appear any more; null in an empty log. */
  readonly horizon: string | null;
  readonly partitions: readonly PartitionCompleteness[];
  readonly streams: readonly StreamCompleteness[];
  /** Events that differ from the one at their place, and messages that hold something else than events. */
  readonly conflicts: number;
  readonly conflictsSince: string | null;
  readonly deadLetters: number;
  readonly deadLettersSince: string | null;
  readonly deadLetterSubjects: readonly string[];
  readonly acknowledgements: readonly StoredAcknowledgement[];
}

export interface PartitionCompleteness {
  readonly partitionkey: string;
  readonly state: PartitionKeyState;
  readonly missing: SequenceReport['missing'];
  readonly missingCount: number;
  readonly conflictCount: number;
  readonly acknowledgedCount: number;
  /** Since when something is wrong; null where nothing is. */
  readonly since: string | null;
}

export interface StreamCompleteness {
  readonly generation: number;
  /** `replaced`: the event stream was created again after it. */
  readonly state: 'current' | 'replaced';
  readonly beganAt: string;
  readonly horizon: number;
  readonly last: number;
  /** Messages that are overdue although later ones have come, also those that no consumer gets any more. */
  readonly missingCount: number;
  readonly lostCount: number;
  readonly acknowledgedCount: number;
  readonly since: string | null;
}

type Log = Pick<AuditLog, 'sequences' | 'streams' | 'keptAside' | 'acknowledgements'>;

/**
 * @param gapWatch tells what is missing from what is only late
 * @param all also what is in order, and what operators have acknowledged
 */
export async function readCompleteness(
  auditLog: Log,
  gapWatch: Pick<GapWatch, 'overdue' | 'overdueMessages'>,
  all: boolean,
): Promise<Completeness> {
  const [sequences, streams, { conflicts, deadLetters }, acknowledgements] = await Promise.all([
    auditLog.sequences({ incompleteOnly: !all }),
    auditLog.streams(),
    auditLog.keptAside(),
    all ? auditLog.acknowledgements() : [],
  ]);
  const conflictsSince = new Map(conflicts.map(({ name, since }) => [name, since]));
  const [current] = streams;
  return {
    horizon: horizonPosition(streams) ?? null,
    partitions: sequences
      .map((report) => ({ report, missing: gapWatch.overdue(report) }))
      .map(({ report, missing }) => ({
        partitionkey: report.partitionkey,
        state: report.state,
        missing: missing.holes,
        missingCount: missing.count,
        conflictCount: report.conflictCount,
        acknowledgedCount: report.acknowledgedCount,
        since: earliest([
          missing.count > 0 ? report.missingSince : null,
          report.state === 'tail_unknown' ? report.tailUnknownSince : null,
          conflictsSince.get(report.partitionkey) ?? null,
        ]),
      }))
      .filter(({ since }) => all || since !== null),
    streams: streams
      .map((report) => ({ report, missingCount: gapWatch.overdueMessages(report) }))
      .map(({ report, missingCount }) => ({
        generation: report.generation,
        state: report === current ? ('current' as const) : ('replaced' as const),
        beganAt: report.beganAt,
        horizon: report.horizon,
        last: report.last,
        missingCount,
        lostCount: report.lostCount,
        acknowledgedCount: report.acknowledgedCount,
        since: missingCount + report.lostCount > 0 ? report.horizonAt : null,
      }))
      .filter(({ state, since }) => all || state === 'current' || since !== null),
    conflicts: sum(conflicts),
    conflictsSince: earliest(conflicts.map(({ since }) => since)),
    deadLetters: sum(deadLetters),
    deadLettersSince: earliest(deadLetters.map(({ since }) => since)),
    deadLetterSubjects: deadLetters.map(({ name }) => name),
    acknowledgements,
  };
}

function sum(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((total, { count }) => total + count, 0);
}

/** Of times in UTC, which are in the order of their text. */
function earliest(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).toSorted()[0] ?? null;
}
