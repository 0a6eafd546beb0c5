import type { SequenceReport } from '@admit-one/core';
import { expect, test } from 'vitest';
import { readCompleteness } from './completeness.ts';

const at = '2026-01-01T00:00:00.000Z';
const report: SequenceReport = {
  ...{ partitionkey: 'k', first: 1, last: 9, announced: 9, missing: [[3, 3]], missingCount: 1 },
  ...{
    missingSince: at,
    acknowledgedCount: 0,
    conflictCount: 0,
    state: 'open',
    tailUnknownSince: null,
    seenAt: at,
  },
};
const log = {
  sequences: async () => [report],
  streams: async () => [],
  keptAside: async () => ({ conflicts: [], deadLetters: [] }),
  acknowledgements: async () => [],
};

test('events that may only be late are not missing', async () => {
  const late = { overdue: () => ({ holes: [], count: 0 }) };
  expect((await readCompleteness(log, late, false)).partitions).toEqual([]);
  expect((await readCompleteness(log, late, true)).partitions).toMatchObject([
    { partitionkey: 'k', missing: [], missingCount: 0, since: null },
  ]);
});

test('events that are overdue are missing, since when they are', async () => {
  const overdue = {
    overdue: ({ missing, missingCount }: SequenceReport) => ({ holes: missing, count: missingCount }),
  };
  expect((await readCompleteness(log, overdue, false)).partitions).toMatchObject([
    { partitionkey: 'k', missing: [[3, 3]], missingCount: 1, since: at },
  ]);
});
