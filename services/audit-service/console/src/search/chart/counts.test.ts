import { expect, test } from 'vitest';
import { criterion } from '../criteria.ts';
import { ADMISSION, countsMore, countsOf, intervalOf, summaryQuery, wholeIntervals } from './counts.ts';

const minute = 60_000;
const start = Date.parse('2026-01-31T12:00:00Z');
const at = (minutes: number) => new Date(start + minutes * minute).toISOString();
const rejected = (minutes: number, reason: string | null, count: number) => ({
  ...{ time: at(minutes), type: 'admit.handshake.rejected', reason, count },
});

test.each([
  [15, '1m'],
  [60, '1m'],
  [24 * 60, '15m'],
  [7 * 24 * 60, '2h'],
  [30 * 24 * 60, '12h'],
  [400 * 24 * 60, '7d'],
])('a span of %i minutes is counted by %s', (minutes, name) => {
  const span = { from: start, to: start + minutes * minute };
  const interval = intervalOf(span);
  expect(interval.name).toBe(name);
  expect((span.to - span.from) / interval.ms).toBeLessThanOrEqual(96);
});

test('bars have admissions, the most frequent reasons, and all others together', () => {
  const span = { from: start, to: start + 3 * minute };
  const rows = [
    { time: at(0), type: ADMISSION, reason: null, count: 9 },
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((reason, index) => rejected(2, reason, 10 - index)),
    rejected(0, 'a', 1),
  ];
  const { bars, series } = countsOf(rows, span, { name: '1m', ms: minute });
  expect(series).toEqual(['admissions', 'a', 'b', 'c', 'd', 'e', 'other reasons']);
  expect(bars.map(({ admissions, rejections }) => [admissions, rejections])).toEqual([
    [9, 1],
    [0, 0],
    [0, 49],
  ]);
  expect(bars[2]?.counts).toEqual({ a: 10, b: 9, c: 8, d: 7, e: 6, 'other reasons': 9 });
});

test('intervals are whole', () => {
  const interval = { name: '15m', ms: 15 * minute };
  expect(wholeIntervals({ from: start + 1, to: start + 16 * minute }, interval)).toEqual({
    from: start,
    to: start + 30 * minute,
  });
});

test('types and reasons narrow what is counted, and nothing else does', () => {
  const span = { from: start, to: start + minute };
  const criteria = [
    criterion('reason', 'rate_limited'),
    criterion('reason', 'ticket_unknown', true),
    criterion('type', 'admit.issuance.rejected'),
    criterion('user', 'u'),
  ];
  const query = summaryQuery(span, { name: '1m', ms: minute }, criteria);
  expect([query.getAll('type'), query.getAll('reason'), query.has('user')]).toEqual([
    ['admit.issuance.rejected'],
    ['rate_limited'],
    false,
  ]);
  expect([criteria, criteria.slice(0, 1)].map(countsMore)).toEqual([true, false]);
});
