import type { AuditLog, Running } from '@admit-one/core';
import type { Logger, Meter } from '@admit-one/runtime';
import { createOutageLog } from '../outage/outage-log.ts';
import { createGapTracker } from './gap-tracker.ts';

export interface GapWatchOptions {
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly meter: Meter;
  readonly graceMs: number;
  readonly checkMs: number;
}

/**
 * Looks for holes in the sequences at every interval. Those that outlive the grace are lost events: an error in the
 * log, once each, and the metric `admit_audit_missing_events` for as long as they are missing.
 */
export function startGapWatch({ auditLog, log, meter, graceMs, checkMs }: GapWatchOptions): Running {
  const tracker = createGapTracker(graceMs);
  const outage = createOutageLog({
    log,
    level: 'warn',
    failure: 'gap_check_failed',
    recovery: 'gap_check_recovered',
  });
  const gauge = meter.createObservableGauge('admit_audit_missing_events', {
    description: 'Events that are missing from their sequence for longer than the grace',
  });
  let missing = 0;
  let looking: Promise<void> | undefined;
  const observe: Parameters<typeof gauge.addCallback>[0] = (result) => result.observe(missing);
  gauge.addCallback(observe);

  async function look(): Promise<void> {
    try {
      const diagnostics = tracker.look(await auditLog.sequences({ incompleteOnly: true }), performance.now());
      missing = diagnostics.missing;
      for (const { partitionkey, holes } of diagnostics.found)
        log.error({ partitionkey, missing: holes }, 'events_missing');
      for (const partitionkey of diagnostics.healed) log.info({ partitionkey }, 'missing_events_arrived');
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  }

  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, checkMs);
  timer.unref();

  return {
    async stop() {
      clearInterval(timer);
      await looking;
      gauge.removeCallback(observe);
    },
  };
}
