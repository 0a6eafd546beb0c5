import type { PartitionKeyState, SequenceReport } from '@admit-one/core';
import { expect, test } from 'vitest';
import { createTailTracker } from './tail-tracker.ts';

const GRACE = 100;
const nothing = { unknown: [], known: [] };
const since = '2026-01-01T00:00:00.000Z';

function report(state: PartitionKeyState): SequenceReport {
  return { partitionkey: 'k', state, tailUnknownSince: since } as SequenceReport;
}

test('a tail is told once when it has been unknown for the grace, and once when it is known after all', () => {
  const tracker = createTailTracker(GRACE);
  const unknown = [report('tail_unknown')];
  expect(tracker.look(unknown, 0)).toEqual(nothing);
  expect(tracker.look(unknown, GRACE - 1)).toEqual(nothing);
  expect(tracker.look(unknown, GRACE)).toEqual({ unknown: [{ partitionkey: 'k', since }], known: [] });
  expect(tracker.look(unknown, GRACE + 1)).toEqual(nothing);
  expect(tracker.look([report('open')], GRACE + 2)).toEqual({ unknown: [], known: ['k'] });
  expect(tracker.look([], GRACE + 3)).toEqual(nothing);
});

test('a tail that is known within the grace is never told', () => {
  const tracker = createTailTracker(GRACE);
  tracker.look([report('tail_unknown')], 0);
  expect(tracker.look([report('closed')], GRACE)).toEqual(nothing);
  expect(tracker.look([report('tail_unknown')], GRACE)).toEqual(nothing);
});
