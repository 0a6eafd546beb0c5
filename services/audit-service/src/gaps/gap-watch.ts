import type { AuditLog, PartitionKeyState, Running, SequenceReport } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger, type Meter } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';
import { createGapTracker } from './gap-tracker.ts';
import { createTailTracker } from './tail-tracker.ts';

export interface GapWatchOptions {
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  readonly meter: Meter;
  readonly graceMs: number;
  readonly checkMs: number;
}

/** How many keys one line names: an empty restart of the store leaves 16 behind. */
const LISTED = 50;

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
}: GapWatchOptions): Running {
  const tracker = createGapTracker(graceMs);
  const tails = createTailTracker(graceMs);
  const outage = createOutageLog({
    log,
    failure: 'gap_check_failed',
    recovery: 'gap_check_recovered',
    isExplained: dependencies.isAnyDown,
  });
  const gauge = meter.createObservableGauge('admit_audit_missing_events', {
    description: 'Events that are missing from their sequence for longer than the grace',
  });
  const conflictGauge = meter.createObservableGauge('admit_audit_conflicting_events', {
    description: 'Events that were kept aside because a different event has their place',
  });
  const stateGauge = meter.createObservableGauge('admit_audit_partition_keys', {
    description:
      'Partition keys by state: open, closed, tail_unknown where the last events may be lost, or tail_acknowledged',
  });
  const gauges = [gauge, conflictGauge, stateGauge];
  let missing = 0;
  let conflicts = 0;
  let states: Readonly<Partial<Record<PartitionKeyState, number>>> = {};
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = (result) => {
    result.observe(gauge, missing);
    result.observe(conflictGauge, conflicts);
    for (const [state, count] of Object.entries(states)) result.observe(stateGauge, count, { state });
  };
  meter.addBatchObservableCallback(observe, gauges);

  function tellTails(reports: readonly SequenceReport[], now: number): void {
    const { unknown, known } = tails.look(reports, now);
    if (unknown.length > 0)
      log.warn({ tails: unknown.slice(0, LISTED), count: unknown.length }, 'tail_unknown');
    if (known.length > 0)
      log.info({ partitionkeys: known.slice(0, LISTED), count: known.length }, 'tail_known');
  }

  async function tellHealed(partitionkeys: readonly string[]): Promise<void> {
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
      tellTails(reports, now);
      conflicts = reports.reduce((sum, { conflictCount }) => sum + conflictCount, 0);
      states = await auditLog.partitionKeyStates();
      missing = diagnostics.missing;
      for (const { partitionkey, holes } of diagnostics.found)
        log.error({ partitionkey, missing: holes }, 'events_missing');
      await tellHealed(diagnostics.healed);
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  }

  const checks = everyInterval(checkMs, look);

  return {
    async stop() {
      await checks.stop();
      meter.removeBatchObservableCallback(observe, gauges);
    },
  };
}
