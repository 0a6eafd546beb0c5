import type { AlertRecord, AlertSeverity } from '@admit-one/core';
import type { AlertRule } from '../rules.ts';

/**
 * What receivers are told about one alert. No address or user is in it: receivers are other systems, and the audit log has the
 * details. Times are Unix milliseconds.
 */
export interface Notice {
  readonly name: string;
  readonly severity: AlertSeverity;
  readonly summary: string;
  /** Where the runbook is in the repository. */
  readonly runbook: string;
  readonly value: number | null;
  readonly startsAt: number;
  /** When it resolved; null while it fires. */
  readonly endsAt: number | null;
}

/** The labels of an alert in Alertmanager: they identify it, so they do not change while it fires. */
export function labelsOf({ name, severity }: Notice): Readonly<Record<string, string>> {
  return { alertname: name, severity, evaluator: 'audit-service' };
}

/** What people read about an alert. */
export function annotationsOf({ summary, runbook, value }: Notice): Readonly<Record<string, string>> {
  return { summary, runbook, ...(value === null ? {} : { value: String(value) }) };
}

/** Of an alert that fires, or has fired. */
export function noticeOf(
  { name, severity, summary, runbook }: AlertRule,
  record: AlertRecord,
): Notice | null {
  const { state, value, firedAt, resolvedAt } = record;
  if (firedAt === null) return null;
  const endsAt = state.status === 'firing' ? null : resolvedAt;
  return { name, severity, summary, runbook, value, startsAt: firedAt, endsAt };
}
