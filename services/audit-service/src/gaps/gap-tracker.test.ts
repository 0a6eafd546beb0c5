import type { SequenceReport, StreamReport } from '@admit-one/core';
import { expect, test } from 'vitest';
import { createGapTracker, type Hole } from './gap-tracker.ts';

const GRACE = 100;
const nothing = { missing: 0, found: [], healed: [] };

function report(last: number, ...missing: readonly Hole[]): SequenceReport {
  const missingCount = missing.reduce((count, [from, to]) => count + to - from + 1, 0);
  return {
    ...{ partitionkey: 'k', first: 1, last, announced: last, missing, missingCount, conflictCount: 0 },
    ...{
      missingSince: null,
      acknowledgedCount: 0,
      state: 'open',
      tailUnknownSince: null,
      seenAt: '2026-01-01T00:00:00.000Z',
    },
  };
}

test('a hole is told once it has outlived the grace, and once only', () => {
  const tracker = createGapTracker(GRACE);
  const holed = report(9, [3, 4], [7, 7]);
  const holes = [
    [3, 4],
    [7, 7],
  ];
  expect(tracker.look([holed], 0)).toEqual(nothing);
  expect(tracker.look([holed], GRACE - 1)).toEqual(nothing);
  expect(tracker.look([holed], GRACE)).toEqual({
    ...nothing,
    missing: 3,
    found: [{ partitionkey: 'k', holes }],
  });
  expect(tracker.look([holed], GRACE + 1)).toEqual({ ...nothing, missing: 3 });
});

test('holes that come and go within the grace are never told, however busy the partition', () => {
  const tracker = createGapTracker(GRACE);
  for (let n = 0; n < 50; n += 1) {
    const last = 10 * (n + 1);
    expect(tracker.look([report(last, [last - 1, last - 1])], n * 10)).toEqual(nothing);
  }
});

test('each hole has its own grace', () => {
  const tracker = createGapTracker(GRACE);
  tracker.look([report(5, [3, 3])], 0);
  expect(tracker.look([report(9, [3, 3], [7, 7])], GRACE)).toMatchObject({
    missing: 1,
    found: [{ holes: [[3, 3]] }],
  });
  expect(tracker.look([report(9, [3, 3], [7, 7])], 2 * GRACE)).toMatchObject({
    missing: 2,
    found: [{ holes: [[7, 7]] }],
  });
});

test('a hole that is filled in part counts for what is left, and is not told again', () => {
  const tracker = createGapTracker(GRACE);
  tracker.look([report(9, [3, 7])], 0);
  tracker.look([report(9, [3, 7])], GRACE);
  expect(tracker.look([report(9, [3, 4], [6, 7])], GRACE + 1)).toEqual({ ...nothing, missing: 4 });
});

test('a partition has healed when all that was told of it has come', () => {
  const tracker = createGapTracker(GRACE);
  tracker.look([report(9, [3, 3])], 0);
  tracker.look([report(9, [3, 3])], GRACE);
  expect(tracker.look([report(20, [15, 15])], GRACE + 1)).toEqual({ ...nothing, healed: ['k'] });
  expect(tracker.look([], GRACE + 2)).toEqual(nothing);
});

test('a partition that was never told of does not heal', () => {
  const tracker = createGapTracker(GRACE);
  tracker.look([report(9, [3, 3])], 0);
  expect(tracker.look([], 1)).toEqual(nothing);
});

test('holes beyond those that a report lists count where all that it lists are overdue', () => {
  const tracker = createGapTracker(GRACE);
  const cut = { ...report(1_000, [2, 2], [4, 4]), missingCount: 300 };
  tracker.look([cut], 0);
  expect(tracker.look([cut], GRACE).missing).toBe(300);
});

test('a tail that is announced and does not come is told after the grace', () => {
  const tracker = createGapTracker(GRACE);
  const tail = { ...report(5, [6, 9]), announced: 9 };
  expect(tracker.look([tail], 0)).toEqual(nothing);
  expect(tracker.look([tail], GRACE)).toMatchObject({ missing: 4, found: [{ holes: [[6, 9]] }] });
});

test('says what is overdue as it counts it, and takes nothing for late before it has looked for the grace', () => {
  const tracker = createGapTracker(GRACE);
  const holed = report(9, [3, 4]);
  const late = report(20, [3, 4], [15, 15]);
  const overdue = { holes: [[3, 4]], count: 2 };
  expect(tracker.overdue(holed, 0)).toEqual(overdue);
  tracker.look([holed], 0);
  expect(tracker.overdue(late, GRACE - 1)).toEqual({ holes: late.missing, count: 3 });
  expect(tracker.overdue(late, GRACE)).toEqual(overdue);
  tracker.look([], GRACE);
  expect(tracker.overdue(late, GRACE + 1)).toEqual({ holes: [], count: 0 });
  tracker.look([late], GRACE + 2);
  expect(tracker.overdue(late, 2 * GRACE + 1)).toEqual({ holes: [], count: 0 });
  expect(tracker.overdue(late, 2 * GRACE + 2)).toEqual({ holes: late.missing, count: 3 });
});

test('messages of the event stream are overdue where the horizon has stood still for the grace', () => {
  const tracker = createGapTracker(GRACE);
  const movedAt = Date.parse('2026-01-01T00:00:00.000Z');
  const beganAt = new Date(movedAt).toISOString();
  const stream: StreamReport = {
    ...{ generation: 1, name: 's', horizon: 4, last: 9, missingCount: 2, lostCount: 0, acknowledgedCount: 0 },
    ...{ beganAt, horizonAt: beganAt },
  };
  tracker.look([], 0);
  expect(tracker.overdueMessages(stream, GRACE - 1, movedAt)).toBe(2);
  expect(tracker.overdueMessages(stream, GRACE, movedAt + GRACE - 1)).toBe(0);
  expect(tracker.overdueMessages(stream, GRACE, movedAt + GRACE)).toBe(2);
});
