import { type Rule, ruleGroups } from './rule-groups.ts';

const metadata = { name: 'admit-one', labels: { 'app.kubernetes.io/part-of': 'admit-one' } } as const;

/** The rules for the Prometheus operator. */
export function prometheusRule() {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata,
    spec: { groups: ruleGroups() },
  };
}

/** The rules for Google Cloud Managed Service for Prometheus, which does not know `keep_firing_for`. */
export function managedRules() {
  const groups = ruleGroups().map((group) => ({ ...group, rules: group.rules.map(withoutKeepFiringFor) }));
  return { apiVersion: 'monitoring.googleapis.com/v1', kind: 'Rules', metadata, spec: { groups } };
}

function withoutKeepFiringFor(rule: Rule): Rule {
  if (!('keep_firing_for' in rule)) return rule;
  const { keep_firing_for: _, ...known } = rule;
  return known;
}
