import { expect, test } from 'vitest';
import { latestReasons } from './latest-reasons.ts';

test('reasons are summed up, the latest ones first', () => {
  const [first, second] = ['2026-01-31T12:00:00.000Z', '2026-01-31T12:01:00.000Z'] as const;
  expect(
    latestReasons([
      { time: first, reason: 'ticket_expired', count: 90 },
      { time: first, reason: 'origin_blocked', count: 1 },
      { time: second, reason: 'origin_blocked', count: 2 },
      { time: second, reason: 'rate_limited', count: 5 },
      { time: second, reason: null, count: 7 },
    ]),
  ).toEqual([
    { reason: 'rate_limited', count: 5, last: second },
    { reason: 'origin_blocked', count: 3, last: second },
    { reason: 'ticket_expired', count: 90, last: first },
  ]);
});
