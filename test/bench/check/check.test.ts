import { expect, test } from 'vitest';
import { figureOf } from '../report/figures.ts';
import { baselineOf, parseBaseline, ratiosIn, tableOfRuns } from './baseline.ts';
import { checkAgainst } from './check.ts';

const baseline = { echo: 1.2, bridge: 1.4 };

/** Runs of these ratios to (c), one after another. */
function runsOf(...runs: readonly (readonly [echo: number, bridge: number])[]) {
  const left = [...runs];
  return async () => {
    const [echo, bridge] = left.shift() ?? [Number.NaN, Number.NaN];
    return { echo, bridge };
  };
}

test.each([
  [
    'equal',
    [
      [1.2, 1.4],
      [1.2, 1.4],
    ],
    [],
  ],
  [
    'better',
    [
      [0.9, 1],
      [0.9, 1],
    ],
    [],
  ],
  [
    '10 % worse',
    [
      [1.32, 1.54],
      [1.32, 1.54],
    ],
    [],
  ],
  [
    'more than 10 % worse',
    [
      [1.33, 1.4],
      [1.33, 1.4],
    ],
    ['echo'],
  ],
  [
    'worse once',
    [
      [1.5, 1.4],
      [1.2, 1.4],
      [1.2, 1.4],
    ],
    [],
  ],
  [
    'worse first and last',
    [
      [1.5, 1.4],
      [1.2, 1.4],
      [1.5, 1.4],
    ],
    ['echo'],
  ],
  [
    'each worse once',
    [
      [1.5, 1.4],
      [1.2, 1.9],
      [1.2, 1.4],
    ],
    [],
  ],
  [
    'not measured',
    [
      [Number.NaN, 1.4],
      [Number.NaN, 1.4],
    ],
    ['echo'],
  ],
] as const)('ratios that are %s', async (_, runs, worse) => {
  const checked = await checkAgainst(baseline, runsOf(...runs));
  expect(checked.worse).toEqual(worse);
  expect(checked.runs).toHaveLength(runs.length);
});

test('a baseline has the median ratios of several runs, and nothing that depends on the machine', () => {
  const place = { measure: 'cost', what: 'CPU per admission' } as const;
  const runOf = (ratio: number) =>
    ratiosIn([
      figureOf({ ...place, of: 'c', unit: 'µs' }, [700]),
      figureOf({ ...place, of: 'd-echo/c', unit: '×' }, [ratio]),
    ]);
  expect(baselineOf([1.4, 1.2, 1.23456].map(runOf))).toEqual({ 'cost: CPU per admission: d-echo/c': 1.235 });
});

test.each(['[]', '{"echo":"1"}', '{"echo":0}', 'null', ''])('%j is no baseline', (text) => {
  expect(() => parseBaseline(text)).toThrow();
});

test('the table marks what is worse', () => {
  const lines = tableOfRuns(baseline, [{ echo: 1.5, bridge: 1.4 }]).split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['ratio', 'baseline', 'run 1'],
    ['echo', '1.20', '1.50 worse'],
    ['bridge', '1.40', '1.40'],
    [''],
  ]);
});
