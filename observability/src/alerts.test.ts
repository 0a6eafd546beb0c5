import { metrics } from '@admit-one/runtime';
import { describe, expect, test } from 'vitest';
import { type AlertName, alertNames, alertRow, logConditionOfAlert } from './alerts.ts';
import { quantitiesOf } from './condition.ts';
import { toPromQl } from './promql.ts';

interface Selector {
  readonly metric: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

/** The metrics that an expression selects, with the values of the labels. */
function selectorsIn(expression: string): readonly Selector[] {
  return [...expression.matchAll(/\b((?:admit|nodejs|v8js|http)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', matchers = '']) => ({
      metric,
      labels: Object.fromEntries(
        [...matchers.matchAll(/(\w+)=~?"([^"]*)"/g)].map(([, label = '', values = '']) => [
          label,
          values.split('|'),
        ]),
      ),
    }),
  );
}

function rowOf(metric: string) {
  const rows: Readonly<Record<string, (typeof metrics)[keyof typeof metrics] | undefined>> = metrics;
  return rows[metric] ?? rows[metric.replace(/_(bucket|count|sum)$/, '')];
}

/** What is wrong with a selector: a metric or a value that no service serves. */
function errorsIn({ metric, labels }: Selector): readonly string[] {
  const row = rowOf(metric);
  if (!row) return [`${metric} is not in the catalogue`];
  const known: Readonly<Record<string, readonly string[] | string>> = row.labels;
  return Object.entries(labels).flatMap(([label, values]) => {
    const allowed = known[label];
    if (allowed === undefined) return [`${metric} has no label ${label}`];
    if (typeof allowed === 'string') return [];
    return values
      .filter((value) => !allowed.includes(value))
      .map((value) => `${metric} has no ${label}="${value}"`);
  });
}

describe.each(alertNames)('%s', (name) => {
  const { inhibitedBy, summary, description, condition } = alertRow(name);

  test('selects only what services serve', () => {
    expect(selectorsIn(toPromQl(condition)).flatMap(errorsIn)).toEqual([]);
  });

  test('reads in the audit log only what the audit-service serves', () => {
    const logCondition = logConditionOfAlert(name);
    const read = logCondition ? quantitiesOf(logCondition).map(({ metric }) => metric) : [];
    const foreign = read.filter(
      (metric) => !rowOf(metric)?.services.some((service) => service === 'audit-service'),
    );
    expect(foreign).toEqual([]);
  });

  test('is described in sentences', () => {
    expect(summary).toMatch(/^[A-Z].{10,90}[^.]$/);
    expect(description).toMatch(/^[A-Z].{20,}\.$/s);
  });

  test('is not silenced by what it silences itself', () => {
    expect(causesOf(inhibitedBy)).not.toContain(name);
  });
});

/** The alerts that silence, directly or by another. */
function causesOf(names: readonly AlertName[]): readonly AlertName[] {
  return names.flatMap((cause) => [cause, ...causesOf(alertRow(cause).inhibitedBy)]);
}
