import { describe, expect, test } from 'vitest';
import { createHistory, type History } from './history.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A counter `n` by the minutes of its samples. */
function historyOf(values: Readonly<Record<number, number | undefined>>): History {
  const samples = Object.entries(values).map(([minute, n]) => ({
    at: Number(minute) * MINUTE,
    values: (n === undefined ? {} : { n }) as Record<string, number>,
  }));
  return createHistory(samples, DAY);
}

describe('a counter', () => {
  test.each([
    ['grew by the difference', { 0: 10, 1: 12, 2: 15 }, 0, 2, 5],
    ['grew evenly between two samples', { 0: 0, 4: 8 }, 1, 3, 4],
    ['is followed from its first sample', { 2: 7, 4: 9 }, 0, 4, 2],
    ['started again at 0 where it fell', { 0: 10, 1: 12, 2: 3, 3: 4 }, 0, 3, 6],
    ['did not grow in a span of equal samples', { 0: 5, 1: 5, 2: 5 }, 1, 2, 0],
    ['did not grow after its only sample', { 1: 5 }, 0, 2, 0],
    ['is unknown before its first sample', { 5: 5, 6: 6 }, 0, 4, undefined],
    ['is unknown where it was never sampled', { 0: undefined, 1: undefined }, 0, 1, undefined],
    ['is followed over samples without it', { 0: 1, 1: undefined, 2: 3 }, 0, 2, 2],
    ['counts what grew before a span ended', { 0: 0, 1: 6, 2: 6, 9: 90 }, 0, 2, 6],
  ] as const)('%s', (_name, values, from, to, expected) => {
    expect(historyOf(values).increase('n', from * MINUTE, to * MINUTE)).toBe(expected);
  });
});

test('the highest value is of the span alone', () => {
  const history = historyOf({ 0: 9, 1: 3, 2: 5, 3: 4 });
  expect([history.highest('n', MINUTE), history.highest('n', 3 * MINUTE), history.highest('m', 0)]).toEqual([
    5,
    4,
    undefined,
  ]);
});

test('a week of samples stays small, and still tells what happened in ten minutes of it', () => {
  const history = createHistory([], 7 * DAY + HOUR);
  const removed = new Set<number>();
  // One event a second.
  for (let at = 0; at <= 8 * DAY; at += 2 * MINUTE) {
    for (const dropped of history.add({ at, values: { n: at / 1000 } })) removed.add(dropped);
  }
  const now = 8 * DAY;
  expect(history.samples.length).toBeLessThan(2_700);
  expect(removed.size + history.samples.length).toBe(8 * 30 * 24 + 1);
  for (const ago of [0, HOUR, DAY, 7 * DAY])
    expect(history.increase('n', now - ago - 10 * MINUTE, now - ago)).toBeCloseTo(600);
  expect(history.increase('n', now - 7 * DAY - 10 * MINUTE, now)).toBeCloseTo((7 * DAY) / 1000 + 600);
});

test('samples older than two hours are five minutes apart', () => {
  const history = createHistory([], DAY);
  for (let at = 0; at <= 4 * HOUR; at += MINUTE) history.add({ at, values: { n: at } });
  const old = history.samples.map(({ at }) => at).filter((at) => at < 2 * HOUR - 5 * MINUTE);
  expect(old).toEqual(old.map((_, n) => n * 5 * MINUTE));
  expect(old.length).toBeGreaterThan(20);
});

test('samples from after now are dropped: the clock was set back', () => {
  const history = historyOf({ 0: 1, 1: 2, 2: 3 });
  expect(history.add({ at: MINUTE, values: { n: 4 } })).toEqual([MINUTE, 2 * MINUTE]);
  expect(history.samples.map(({ at }) => at)).toEqual([0, MINUTE]);
});
