import type { Comparison, LogCondition, Quantity } from '@admit-one/observability';
import { describe, expect, test } from 'vitest';
import { createHistory } from './history.ts';
import { keyOf, measure, sumOf } from './measure.ts';

const points = [
  { metric: 'rejections', labels: { reason: 'replayed', fault: 'attack' }, value: 2 },
  { metric: 'rejections', labels: { reason: 'expired', fault: 'client' }, value: 3 },
  { metric: 'rejections', labels: { reason: 'lost', fault: 'client' }, value: 4 },
];

test.each([
  [{}, 9],
  [{ reason: ['expired', 'replayed'] }, 5],
  [{ reason: ['expired', 'replayed'], fault: ['client'] }, 3],
  [{ reason: ['unheard'] }, undefined],
  [{ colour: ['red'] }, undefined],
])('the series %j sum up to %s', (labels, sum) => {
  expect(sumOf({ metric: 'rejections', labels }, points)).toBe(sum);
});

/** At 0 s, 10 s and 20 s: `n` is 0, 5 and 8, `total` 0, 10 and 20, `level` 9, 7 and 1, `time` 4 s. */
const history = createHistory(
  [0, 1, 2].map((step) => ({
    at: step * 10_000,
    values: {
      n: [0, 5, 8][step] ?? 0,
      total: step * 10,
      level: [9, 7, 1][step] ?? 0,
      time: 4,
      [keyOf({ metric: 'n', labels: { b: ['2'], a: ['1', '0'] } })]: 2 * step,
    },
  })),
  60_000,
);
const log = { history, now: 20_000 };

const series = (metric: string) => ({ metric, labels: {} });
const increase = (metric: string, overSeconds: number, endedSecondsAgo = 0): Quantity => ({
  ...{ kind: 'increase', ...series(metric), overSeconds, endedSecondsAgo },
});
const level = (metric: string, highestOverSeconds = 0): Quantity => ({
  ...{ kind: 'level', ...series(metric), highestOverSeconds },
});
const comparison = (
  quantity: Quantity,
  is: Comparison['is'],
  value: number,
  outOf?: Quantity,
): Comparison => ({
  ...{ kind: 'comparison', quantity, is, value },
  ...(outOf && { outOf }),
});
const yes = comparison(level('level'), '>', 0);
const no = comparison(level('level'), '>', 5);

describe('a condition', () => {
  test.each<[string, LogCondition, boolean, number | null]>([
    ['on an increase', comparison(increase('n', 10), '>=', 3), true, 3],
    ['on an increase that is too small', comparison(increase('n', 10), '>', 3), false, 3],
    ['on an earlier increase', comparison(increase('n', 10, 10), '>', 4.9), true, 5],
    [
      'on labels in any order',
      comparison({ ...increase('n', 20), labels: { a: ['1', '0'], b: ['2'] } }, '>', 3),
      true,
      4,
    ],
    ['on a ratio', comparison(increase('n', 20), '>', 0.39, increase('total', 20)), true, 0.4],
    ['on a ratio of 0 to 0', comparison(increase('time', 20), '>', 0, increase('time', 20)), false, 0],
    ['on a ratio to 0', comparison(increase('n', 20), '>', 9, increase('time', 20)), true, null],
    ['on a level', comparison(level('level'), '<', 2), true, 1],
    ['on the highest level of a span', comparison(level('level', 10), '<=', 7), true, 7],
    ['on an age', comparison({ kind: 'age', ...series('time') }, '>', 15), true, 16],
    ['on what was not measured', comparison(level('absent'), '<', 9), false, null],
    ['on a ratio to what was not measured', comparison(level('level'), '>', 0, level('absent')), false, null],
    ['that always holds', { kind: 'always' }, true, null],
    ['on all of several', { kind: 'all', conditions: [yes, yes] }, true, 1],
    ['on all of several of which one does not hold', { kind: 'all', conditions: [yes, no] }, false, 1],
    ['on any of several', { kind: 'any', conditions: [no, comparison(increase('n', 10), '>', 0)] }, true, 3],
    ['on any of several of which none holds', { kind: 'any', conditions: [no, no] }, false, 1],
  ])('%s', (_name, condition, holds, value) => {
    expect(measure(condition, log)).toEqual({ holds, value });
  });
});
