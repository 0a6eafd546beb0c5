import type { AuditLog, PartitionKeyState, Running, SequenceReport, StreamReport } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger, type Meter } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';
import { createGapTracker, type OverdueEvents } from './gap-tracker.ts';
import { createTailTracker } from './tail-tracker.ts';

export interface GapWatchOptions {
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  readonly meter: Meter;
  readonly graceMs: number;
  readonly checkMs: number;
}

export interface GapWatch extends Running {
  /** What is missing of a partition key for longer than the grace. */
  overdue(report: SequenceReport): OverdueEvents;
  /** How many messages are missing of a generation of the event stream for longer than the grace. */
  overdueMessages(report: StreamReport): number;
}

/** How many keys one line names: an empty restart of the store leaves 16 behind. */
const LISTED = 50;

const gauges = [
  'admit_audit_missing_events',
  'admit_audit_conflicting_events',
  'admit_audit_partition_keys',
] as const;

/**
 * Looks for holes in the sequences, and for unknown tails, at every interval. Those that outlive the grace are announced:
 * a line in the log, once each, and the metrics `admit_audit_missing_events` and `admit_audit_partition_keys` for as long
 * as they last.
 */
export function startGapWatch({
  auditLog,
  log,
  dependencies,
  meter,
  graceMs,
  checkMs,
}: GapWatchOptions): GapWatch {
  const tracker = createGapTracker(graceMs);
  const tails = createTailTracker(graceMs);
  const outage = createOutageLog({
    log,
    failure: 'gap_check_failed',
    recovery: 'gap_check_recovered',
    isExplained: dependencies.isAnyDown,
  });
  let missing = 0;
  let conflicts = 0;
  let states: Readonly<Partial<Record<PartitionKeyState, number>>> = {};
  const stopObserving = meter.observe(gauges, (observer) => {
    observer.value('admit_audit_missing_events', missing, {});
    observer.value('admit_audit_conflicting_events', conflicts, {});
    for (const [state, count] of Object.entries(states) as [PartitionKeyState, number][])
      observer.value('admit_audit_partition_keys', count, { state });
  });

  function reportTails(reports: readonly SequenceReport[], now: number): void {
    const { unknown, known } = tails.look(reports, now);
    if (unknown.length > 0)
      log.warn({ tails: unknown.slice(0, LISTED), count: unknown.length }, 'tail_unknown');
    if (known.length > 0)
      log.info({ partitionkeys: known.slice(0, LISTED), count: known.length }, 'tail_known');
  }

  async function reportHealed(partitionkeys: readonly string[]): Promise<void> {
    if (partitionkeys.length === 0) return;
    for (const { partitionkey, acknowledgedCount: count } of await auditLog.sequences({ partitionkeys }))
      if (count > 0) log.info({ partitionkey, count }, 'missing_events_acknowledged');
      else log.info({ partitionkey }, 'missing_events_arrived');
  }

  async function look(): Promise<void> {
    try {
      const reports = await auditLog.sequences({ incompleteOnly: true });
      const now = performance.now();
      const diagnostics = tracker.look(reports, now);
      reportTails(reports, now);
      conflicts = reports.reduce((sum, { conflictCount }) => sum + conflictCount, 0);
      states = await auditLog.partitionKeyStates();
      missing = diagnostics.missing;
      for (const { partitionkey, holes } of diagnostics.found)
        log.error({ partitionkey, missing: holes }, 'events_missing');
      await reportHealed(diagnostics.healed);
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  }

  const checks = everyInterval(checkMs, look);

  return {
    overdue: (report) => tracker.overdue(report, performance.now()),
    overdueMessages: (report) => tracker.overdueMessages(report, performance.now(), Date.now()),
    async stop() {
      await checks.stop();
      stopObserving();
    },
  };
}
