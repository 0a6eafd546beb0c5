import { expect, test } from 'vitest';
import { compared } from './compare.ts';
import { type Figure, figureOf, quantile, ratiosOf } from './figures.ts';
import { printed } from './print.ts';
import { parseReport, REPORT_FORMAT, type Report } from './report.ts';
import { judge } from './targets.ts';

const ratio = { measure: 'cost', what: 'CPU per admission', of: 'd-echo/c', unit: '×' } as const;
const speed = { measure: 'cost', what: 'admissions', of: 'c', unit: '/s' } as const;

function reportOf(startedAt: string, ...figures: readonly Figure[]): Report {
  return { format: REPORT_FORMAT, startedAt, figures } as unknown as Report;
}

test.each([
  [[3, 1, 2], 0.5, 2],
  [[1, 2], 0.5, 1.5],
  [Array.from({ length: 101 }, (_, n) => n), 0.99, 99],
  [[7], 0.99, 7],
])('of %j, a share of %d is below %d', (values, share, below) => {
  expect(quantile(values, share)).toBe(below);
});

test('a figure is the median and the extremes of its rounds', () => {
  expect(figureOf(speed, [900, 700, 1000])).toEqual({ ...speed, median: 900, min: 700, max: 1000 });
});

test('a ratio compares what was measured in the same round', () => {
  expect(ratiosOf([10, 40], [10, 20])).toEqual([1, 2]);
});

test.each([
  [[1.1, 1.15, 1.4], true],
  [[1.1, 1.16, 1.2], false],
])('rounds of %j: target met %s', (values, met) => {
  expect(judge([figureOf(ratio, values), figureOf(speed, [1])])).toEqual([
    { figure: 'cost: CPU per admission: d-echo/c', atMost: 1.15, median: values[1], unit: '×', met },
  ]);
});

test('reports side by side, with the difference in percent; what one of them lacks has none', () => {
  const before = reportOf('before', figureOf(speed, [800]), figureOf({ ...speed, of: 'a' }, [5000]));
  const now = reportOf('now', figureOf(speed, [1000]), figureOf(ratio, [1.2]));
  const lines = compared(before, now).split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['median', 'before', 'now', 'difference'],
    ['cost: admissions: c', '/s', '800', '1,000', '+25.0 %'],
    ['cost: admissions: a', '/s', '5,000'],
    ['cost: CPU per admission: d-echo/c', '×', '1.20'],
    [''],
  ]);
});

test('a table has a ratio in the column of its numerator, in a row of its own', () => {
  const cost = { ...ratio, of: 'd-echo', unit: 'µs' } as const;
  const report = {
    ...reportOf('now', figureOf(speed, [800]), figureOf(cost, [900, 1000, 1200]), figureOf(ratio, [1.2])),
    machine: { cpu: 'CPU', engines: [] },
    options: {},
    verdicts: [],
    failures: {},
  } as unknown as Report;
  const lines = printed(report).split('\n');
  expect(lines.slice(-5).map((line) => line.split(/ {2,}/))).toEqual([
    ['', 'c', 'd-echo'],
    ['CPU per admission, µs', '1,000 (900 – 1,200)'],
    ['CPU per admission, over c', '× 1.20'],
    ['admissions, /s', '800'],
    [''],
  ]);
});

test.each(['{}', '[]', '{"format":1,"figures":[]}', 'x'])('%s is no report', (text) => {
  expect(() => parseReport(text)).toThrow();
});
