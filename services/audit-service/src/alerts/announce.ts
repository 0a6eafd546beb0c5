import type { AlertRecord, AlertSeverity, Reporter, Severity } from '@admit-one/core';
import { type Logger, logAt } from '@admit-one/runtime';
import { inhibitorOf } from './evaluate.ts';
import { type AlertRule, isHeartbeat } from './rules.ts';

const severities: Readonly<Record<AlertSeverity, Severity>> = {
  page: 'CRITICAL',
  ticket: 'WARNING',
  info: 'INFO',
};

export interface AnnounceOptions {
  readonly log: Logger;
  readonly reporter: Pick<Reporter, 'report'>;
  /** This instance: the subject of the events. */
  readonly instance: string;
}

/** Logs and reports that an alert fired or resolved. */
export function announce(
  rule: AlertRule,
  record: AlertRecord,
  records: readonly AlertRecord[],
  { log, reporter, instance }: AnnounceOptions,
): void {
  const { name: alert, severity, summary, runbook } = rule;
  const { value, detail, firedAt, resolvedAt, state } = record;
  if (isHeartbeat(rule) || firedAt === null) return;
  const known = { alert, severity, firedAt, value, detail };
  const event = { subject: instance, traceparent: null };
  if (state.status === 'firing') {
    const inhibitedBy = inhibitorOf(rule, records);
    const facts = { alert, alertSeverity: severity, summary, value, detail, inhibitedBy, runbook };
    logAt(log, inhibitedBy === null ? severities[severity] : 'INFO', facts, 'alert_fired');
    reporter.report({ ...event, type: 'admit.alert.fired', data: { ...known, summary, inhibitedBy } });
  } else {
    const durationMs = (resolvedAt ?? firedAt) - firedAt;
    log.info({ alert, alertSeverity: severity, seconds: Math.round(durationMs / 1000) }, 'alert_resolved');
    reporter.report({ ...event, type: 'admit.alert.resolved', data: { ...known, durationMs } });
  }
}
