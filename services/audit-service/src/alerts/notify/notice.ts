import type { AlertSeverity } from '@admit-one/core';

/** What receivers are told about one alert. Times are Unix milliseconds. */
export interface Notice {
  readonly name: string;
  readonly severity: AlertSeverity;
  readonly summary: string;
  /** Where the runbook is in the repository. */
  readonly runbook: string;
  readonly value: number | null;
  readonly detail: string | null;
  readonly startsAt: number;
  /** When it resolved; null while it fires. */
  readonly endsAt: number | null;
}

/** The labels of an alert in Alertmanager: they identify it, so they do not change while it fires. */
export function labelsOf({ name, severity }: Notice): Readonly<Record<string, string>> {
  return { alertname: name, severity, evaluator: 'audit-service' };
}

/** What people read about an alert. */
export function annotationsOf({ summary, runbook, value, detail }: Notice): Readonly<Record<string, string>> {
  return {
    summary,
    runbook,
    ...(value === null ? {} : { value: String(value) }),
    ...(detail === null ? {} : { detail }),
  };
}
