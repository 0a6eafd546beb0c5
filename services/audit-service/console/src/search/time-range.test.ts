import { expect, test } from 'vitest';
import { msOf, parseTime, spanOf } from './time-range.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const hour = 3_600_000;

test.each([
  ['-2h', '-2h'],
  ['2h', '-2h'],
  ['90 min', '-90m'],
  ['−7d', '-7d'],
  ['14:30', '2026-01-31T14:30:00.000Z'],
  ['2026-01-30', '2026-01-30T00:00:00.000Z'],
  ['2026-01-30 8:05', '2026-01-30T08:05:00.000Z'],
  ['2026-01-30T08:05:06', '2026-01-30T08:05:06.000Z'],
  ['2026-01-30T08:05:06+02:00', '2026-01-30T06:05:06.000Z'],
  ['yesterday', null],
  ['2026', null],
  ['', null],
])('%s is %s', (text, expected) => {
  expect(parseTime(text, 'utc', now)).toBe(expected);
});

test('a time without a zone is of the zone that is shown', () => {
  const local = new Date(2026, 0, 30, 8, 5).toISOString();
  expect(parseTime('2026-01-30 08:05', 'local', now)).toBe(local);
});

test.each([
  [
    { from: '-1h', to: null },
    { from: now - hour, to: now },
  ],
  [
    { from: '-2h', to: '-1h' },
    { from: now - 2 * hour, to: now - hour },
  ],
  [
    { from: null, to: null },
    { from: now - 720 * hour, to: now },
  ],
  [
    { from: '2026-01-31T10:00:00Z', to: '2026-01-31T11:00:00Z' },
    { from: now - 2 * hour, to: now - hour },
  ],
])('the span of %j', (range, expected) => {
  expect(spanOf(range, now)).toEqual(expected);
});

test('what is no time has no place', () => {
  expect(msOf('soon', now)).toBeNull();
});
