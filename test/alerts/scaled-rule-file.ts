import { alertNames } from '@admit-one/observability';
import { alertRow } from '../../observability/src/alerts.ts';
import { toPromQl } from '../../observability/src/promql.ts';
import { ruleGroups } from '../../observability/src/targets/rule-groups.ts';
import { scales } from './scaled-rules.ts';

/** Prometheus scrapes every second: a shorter window would have no increase. */
const SHORTEST_MS = 4_000;

/** The rules of Prometheus with their spans shortened as those of the evaluator are. JSON is YAML. */
export function scaledRuleFile(): string {
  const rules = alertNames.map((name) => {
    const timesShorter = 1 / scales[name];
    const scaled = ruleGroups({ timesShorter })
      .flatMap((group) => group.rules)
      .find((rule) => 'alert' in rule && rule.alert === name);
    return { ...scaled, expr: withoutShortWindows(toPromQl(alertRow(name).condition, { timesShorter })) };
  });
  return JSON.stringify({ groups: [{ name: 'scaled', interval: '1s', rules }] }, null, 2);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function withoutShortWindows(expr: string): string {
  return expr.replace(/\[(\d+)(ms|s|m|h)\]/g, (_, count, unit) => {
    const ms = Number(count) * (UNITS[unit] ?? 1);
    return `[${Math.max(SHORTEST_MS, ms)}ms]`;
  });
}

/** Notifies at once, and nobody; what fires is asked for. */
export const alertmanagerAtOnce = JSON.stringify({
  route: { receiver: 'nobody', group_by: ['alertname'], group_wait: '0s', group_interval: '1s' },
  receivers: [{ name: 'nobody' }],
});
