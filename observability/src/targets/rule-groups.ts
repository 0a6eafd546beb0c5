import {
  type AlertName,
  alertGroups,
  alertNames,
  alertRow,
  logConditionOfAlert,
  runbookOf,
} from '../alerts.ts';
import { quantitiesOf } from '../condition.ts';
import {
  formatDuration,
  isOfObjective,
  type PromQlOptions,
  REPLICA_LABELS,
  recordName,
  toPromQl,
} from '../promql.ts';

/** A group of rules, as Prometheus reads it. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** How often rules are evaluated. */
const INTERVAL_SECONDS = 30;

export type RuleOptions = Pick<PromQlOptions, 'timesShorter'>;

/** All rules for Prometheus: the recording rules of the burn rates, then the alerts. */
export function ruleGroups({ timesShorter = 1 }: RuleOptions = {}): readonly RuleGroup[] {
  const interval = formatDuration(INTERVAL_SECONDS / timesShorter);
  const groups = Object.entries(alertGroups).map(([name, group]) => ({
    name: `admit-one-${name}`,
    interval,
    rules: (Object.keys(group) as AlertName[]).map((alert) => alertingRule(alert, timesShorter)),
  }));
  return [{ name: 'admit-one-objectives', interval, rules: recordingRules(timesShorter) }, ...groups];
}

function alertingRule(alert: AlertName, timesShorter: number): AlertingRule {
  const { severity, summary, description, condition, forSeconds, keepFiringForSeconds } = alertRow(alert);
  return {
    alert,
    expr: toPromQl(condition, { timesShorter, isRecorded: true }),
    ...(forSeconds > 0 && { for: formatDuration(forSeconds / timesShorter) }),
    ...(keepFiringForSeconds > 0 && { keep_firing_for: formatDuration(keepFiringForSeconds / timesShorter) }),
    labels: { severity },
    annotations: { summary, description, runbook: runbookOf(alert) },
  };
}

/** One pair for each span over which an alert looks at an objective: the long ones are expensive, and several alerts share them. */
function recordingRules(timesShorter: number): readonly RecordingRule[] {
  return spansOfObjectives().flatMap((seconds) => {
    const span = formatDuration(seconds / timesShorter);
    const total = (selector: string) =>
      `sum without (outcome) (max without (${REPLICA_LABELS}) (increase(${selector}[${span}])))`;
    return [
      { record: recordName('bad', seconds), expr: total('admit_slo_events_total{outcome="bad"}') },
      { record: recordName('all', seconds), expr: total('admit_slo_events_total') },
    ];
  });
}

function spansOfObjectives(): readonly number[] {
  const quantities = alertNames.flatMap((name) => {
    const condition = logConditionOfAlert(name);
    return condition ? quantitiesOf(condition) : [];
  });
  const spans = quantities.filter(isOfObjective).map(({ overSeconds }) => overSeconds);
  return [...new Set(spans)].sort((one, other) => one - other);
}
