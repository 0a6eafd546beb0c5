export type { AlertRow } from './alerts/alert.ts';
export {
  type AlertName,
  alertGroups,
  alertNames,
  alertRow,
  alerts,
  logConditionOfAlert,
  runbookOf,
} from './alerts.ts';
export { type BurnWindow, burnsFast, FEWEST_BAD_EVENTS, fastBurn, slowBurn } from './burn-rate.ts';
export { type Condition, logConditionOf, type PromQlCondition, quantitiesOf } from './condition.ts';
export type {
  Age,
  Always,
  Comparison,
  Composite,
  Increase,
  Level,
  LogCondition,
  Quantity,
  Series,
} from './log-condition.ts';
export { type PromQlOptions, toPromQl } from './promql.ts';
export {
  SLO_DAYS,
  type Slo,
  type SloEvents,
  type SloMeasure,
  type SloName,
  STORED_WITHIN_SECONDS,
  sloRow,
  slos,
  UPGRADE_SECONDS,
} from './slo.ts';
export { alertmanagerConfiguration } from './targets/alertmanager.ts';
export { cloudMonitoringPolicies } from './targets/cloud-monitoring.ts';
export { managedRules, prometheusRule } from './targets/kubernetes.ts';
export { type RuleGroup, type RuleOptions, ruleGroups } from './targets/rule-groups.ts';
