import type { AlertSeverity } from '@admit-one/core';
import type { Condition } from '../condition.ts';

/** One alert. Rule files, the evaluator of the audit-service, Alertmanager's configuration and docs/alerts.md derive from it. */
export interface AlertRow<Name extends string = string> {
  readonly severity: AlertSeverity;
  /** What is wrong, in one line. */
  readonly summary: string;
  /** When it fires and what it may mean, in a sentence or two. */
  readonly description: string;
  readonly condition: Condition;
  /** How long the condition must hold before the alert fires. */
  readonly forSeconds: number;
  /** How long it goes on firing after the condition held last, so that it does not flap. */
  readonly keepFiringForSeconds: number;
  /** Alerts whose cause explains this one: while one of them fires, this one is not notified. */
  readonly inhibitedBy: readonly Name[];
}
