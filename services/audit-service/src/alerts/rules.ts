import type { AlertSeverity } from '@admit-one/core';
import {
  type AlertName,
  alertNames,
  alertRow,
  type LogCondition,
  logConditionOfAlert,
  type Quantity,
  runbookOf,
} from '@admit-one/observability';

/** An alert that this service evaluates. */
export interface AlertRule {
  readonly name: string;
  readonly severity: AlertSeverity;
  readonly summary: string;
  readonly runbook: string;
  readonly condition: LogCondition;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Alerts that explain this one. */
  readonly inhibitedBy: readonly string[];
}

/** The alerts that the metrics of this process can decide. */
export const logAlertRules: readonly AlertRule[] = alertNames.flatMap((name) => ruleOf(name) ?? []);

function ruleOf(name: AlertName): AlertRule | undefined {
  const condition = logConditionOfAlert(name);
  if (!condition) return undefined;
  const { severity, summary, forSeconds, keepFiringForSeconds, inhibitedBy } = alertRow(name);
  return {
    ...{ name, severity, summary, condition, inhibitedBy },
    runbook: runbookOf(name),
    forMs: forSeconds * 1000,
    keepFiringForMs: keepFiringForSeconds * 1000,
  };
}

/** Whether an alert fires as long as the evaluator runs, to prove that it does: no news for anyone. */
export function isHeartbeat({ condition }: AlertRule): boolean {
  return condition.kind === 'always';
}

/** How far a quantity looks back, in seconds. */
export function reachOf(quantity: Quantity): number {
  switch (quantity.kind) {
    case 'increase':
      return quantity.overSeconds + quantity.endedSecondsAgo;
    case 'level':
      return quantity.highestOverSeconds;
    case 'age':
      return 0;
    default:
      return quantity satisfies never;
  }
}
