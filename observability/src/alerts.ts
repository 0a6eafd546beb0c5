import { admissionAlerts } from './alerts/admissions.ts';
import type { AlertRow } from './alerts/alert.ts';
import { auditLogAlerts } from './alerts/audit-log.ts';
import { clientAlerts } from './alerts/clients.ts';
import { edgeAlerts } from './alerts/edges.ts';
import { engineAlerts } from './alerts/engines.ts';
import { logConditionOf } from './condition.ts';
import type { LogCondition } from './log-condition.ts';

/** The alerts by what they are about: one group of rules each. */
export const alertGroups = {
  admissions: admissionAlerts,
  engines: engineAlerts,
  'audit-log': auditLogAlerts,
  edges: edgeAlerts,
  clients: clientAlerts,
} as const;

/** Every alert by its name. */
export const alerts = {
  ...admissionAlerts,
  ...engineAlerts,
  ...auditLogAlerts,
  ...edgeAlerts,
  ...clientAlerts,
} as const satisfies Record<string, AlertRow>;

export type AlertName = keyof typeof alerts;

export const alertNames: readonly AlertName[] = Object.keys(alerts) as AlertName[];

/** An alert, with the table's common type. Names of alerts that inhibit it are checked. */
export function alertRow(name: AlertName): AlertRow<AlertName> {
  return alerts[name];
}

/** When an alert holds as the audit log can decide it; undefined for one that takes Prometheus. */
export function logConditionOfAlert(name: AlertName): LogCondition | undefined {
  return logConditionOf(alertRow(name).condition);
}

/** The runbook of an alert, from the root of the repository. */
export function runbookOf(name: AlertName): string {
  return `observability/runbooks/${name}.md`;
}
