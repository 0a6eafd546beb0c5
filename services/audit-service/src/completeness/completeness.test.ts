import type { SequenceReport, StreamReport } from '@admit-one/core';
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
const stream: StreamReport = {
  ...{ generation: 1, name: 's', horizon: 4, last: 9, missingCount: 2, lostCount: 0, acknowledgedCount: 0 },
  ...{ beganAt: at, horizonAt: at },
};
const log = {
  sequences: async () => [report],
  streams: async () => [stream],
  keptAside: async () => ({ conflicts: [], deadLetters: [] }),
  acknowledgements: async () => [],
};

test('events and messages that may only be late are not missing', async () => {
  const late = { overdue: () => ({ holes: [], count: 0 }), overdueMessages: () => 0 };
  expect((await readCompleteness(log, late, false)).partitions).toEqual([]);
  expect((await readCompleteness(log, late, true)).partitions).toMatchObject([
    { partitionkey: 'k', missing: [], missingCount: 0, since: null },
  ]);
  expect((await readCompleteness(log, late, false)).streams).toMatchObject([
    { missingCount: 0, since: null },
  ]);
});

test('events and messages that are overdue are missing, since when they are', async () => {
  const overdue = {
    overdue: ({ missing, missingCount }: SequenceReport) => ({ holes: missing, count: missingCount }),
    overdueMessages: ({ missingCount }: StreamReport) => missingCount,
  };
  const { partitions, streams } = await readCompleteness(log, overdue, false);
  expect(partitions).toMatchObject([{ partitionkey: 'k', missing: [[3, 3]], missingCount: 1, since: at }]);
  expect(streams).toMatchObject([{ missingCount: 2, since: at }]);
});
