import { describe, expect, test } from 'vitest';
import { all, any, type Condition, logConditionOf, promql } from './condition.ts';
import { age, before, compare, increase, level, ratioAbove } from './log-condition.ts';
import { formatDuration, toPromQl } from './promql.ts';

const log = compare(level('admit_audit_dead_letters'), '>', 0);
const other = compare(level('admit_audit_missing_events'), '>', 0);
const elsewhere = promql((duration) => `rate(x[${duration(120)}]) > 1`);

describe('what the audit log can decide of a condition', () => {
  test.each<readonly [string, Condition, unknown]>([
    ['all of it', all(log, other), all(log, other)],
    ['nothing of PromQL', elsewhere, undefined],
    ['one alternative', any(elsewhere, log), log],
    ['some alternatives', any(log, elsewhere, other), any(log, other)],
    ['nothing where a part is missing', all(log, elsewhere), undefined],
    ['nothing of an alternative with a part missing', any(all(log, elsewhere), other), other],
  ])('%s', (_name, condition, expected) => expect(logConditionOf(condition)).toEqual(expected));
});

describe('PromQL', () => {
  const growth = increase('admit_tickets_total', 600, { stage: ['consumed'] });

  test.each<readonly [string, Condition, string]>([
    [
      'takes the highest replica and sums up the labels of the metric',
      compare(growth, '>=', 5),
      'sum without (stage, pathway) (max without (instance, pod, node) (increase(admit_tickets_total{stage="consumed"}[10m]))) >= 5',
    ],
    [
      'looks back',
      compare(before(increase('admit_edge_lost_connections_total', 60), 86_400, 3_600), '<', 1),
      'max without (instance, pod, node) (increase(admit_edge_lost_connections_total[1h] offset 24h)) < 1',
    ],
    [
      'divides',
      ratioAbove(level('admit_audit_lag_seconds'), level('admit_audit_size_bytes', {}, 90), 0.5),
      'max without (instance, pod, node) (admit_audit_lag_seconds) / max without (instance, pod, node) (max_over_time(admit_audit_size_bytes[90s])) > 0.5',
    ],
    [
      'tells an age',
      compare(age('admit_audit_retention_timestamp_seconds'), '>', 60),
      '(time() - max without (instance, pod, node) (admit_audit_retention_timestamp_seconds)) > 60',
    ],
    [
      'keeps alternatives together',
      all(any(log, elsewhere), other),
      '(max without (instance, pod, node) (admit_audit_dead_letters) > 0\nor\n(rate(x[2m]) > 1))\nand\nmax without (instance, pod, node) (admit_audit_missing_events) > 0',
    ],
  ])('%s', (_name, condition, expected) => expect(toPromQl(condition)).toBe(expected));

  test('shortens every span for tests', () => {
    expect(toPromQl(all(compare(growth, '>', 0), elsewhere), { timesShorter: 60 })).toMatch(
      /\[10s\].*\[2s\]/s,
    );
  });

  test.each([
    [90, '90s'],
    [120, '2m'],
    [5_400, '90m'],
    [604_800, '168h'],
    [0.5, '500ms'],
  ])('writes %d s as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});
