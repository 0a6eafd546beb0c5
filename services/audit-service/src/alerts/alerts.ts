import type { AlertsConfig } from '@admit-one/config';
import type { AlertRecord, AuditLog, Reporter, Running, StoreClock } from '@admit-one/core';
import type { Dependencies, Logger, Telemetry } from '@admit-one/runtime';
import { createLastKnown } from '../metrics/last-known.ts';
import { detailOf, isReported } from './details.ts';
import { startEvaluator } from './evaluator.ts';
import { createNotifier } from './notify/notifier.ts';
import type { AlertRule } from './rules.ts';

export interface AlertsOptions {
  readonly config: AlertsConfig;
  readonly rules: readonly AlertRule[];
  readonly auditLog: Pick<AuditLog, 'alerts' | 'counts' | 'query'>;
  readonly telemetry: Pick<Telemetry, 'meter' | 'collect'>;
  readonly reporter: Pick<Reporter, 'report'>;
  readonly instance: string;
  readonly clock: Pick<StoreClock, 'now'>;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  /** Whether this instance is connected to the bus and takes events from it. */
  readonly isConnected: () => boolean;
}

/** How many evaluations there are between two repeats to the Alertmanagers: every 15 s and every minute. */
const EVALUATIONS_PER_REPEAT = 4;

/** Evaluates the alerts, tells about them, and shows those that fire as a metric, the same at every replica. */
export function startAlerts(options: AlertsOptions): Running {
  const { rules, auditLog, telemetry, log, config } = options;
  const { everyMs, leaseMs, alertmanagerUrls, webhookUrl } = config;
  const notifier = createNotifier({
    ...{ alertmanagerUrls, webhookUrl, log },
    retryMs: everyMs,
    repeatMs: EVALUATIONS_PER_REPEAT * everyMs,
  });
  const evaluator = startEvaluator({
    ...options,
    ...{ notifier, everyMs, leaseMs },
    isExplained: options.dependencies.isAnyDown,
    store: auditLog.alerts,
    collect: telemetry.collect,
    detailOf: (rule, now) => detailOf(auditLog, rule, now),
    isReported: (record) => isReported(auditLog, record),
  });

  const known = createLastKnown(() => auditLog.alerts.records());
  const unobserve = telemetry.meter.observe(['admit_alerts_firing'], async (observer) => {
    const firing = firingOf(evaluator.records ?? (await known.get()) ?? []);
    for (const { name: alert, severity } of rules)
      observer.value('admit_alerts_firing', firing.has(alert) ? 1 : 0, { alert, severity });
  });

  return {
    async stop() {
      unobserve();
      await evaluator.stop();
    },
  };
}

function firingOf(records: readonly AlertRecord[]): ReadonlySet<string> {
  return new Set(records.filter(({ state }) => state.status === 'firing').map(({ name }) => name));
}
