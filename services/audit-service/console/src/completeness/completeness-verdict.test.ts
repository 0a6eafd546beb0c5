import type {
  Completeness,
  PartitionCompleteness,
  StreamCompleteness,
} from '@admit-one/audit-service/api-types';
import { expect, test } from 'vitest';
import { holesText, wrongOf } from './completeness-verdict.ts';

const at = '2026-01-31T12:00:00.000Z';
const stream: StreamCompleteness = {
  ...{ generation: 1, state: 'current', beganAt: at, horizon: 9, last: 9, missingCount: 0, lostCount: 0 },
  ...{ acknowledgedCount: 0, since: null },
};
const partition: PartitionCompleteness = {
  ...{ partitionkey: 'p00.e', state: 'open', missing: [[3, 3]], missingCount: 1_000, conflictCount: 0 },
  ...{ acknowledgedCount: 0, since: at },
};
const sound: Completeness = {
  ...{ horizon: '1.9.0', partitions: [], streams: [stream], conflicts: 0, conflictsSince: null },
  ...{ deadLetters: 0, deadLettersSince: null, deadLetterSubjects: [], acknowledgements: [] },
};

test.each<[Partial<Completeness>, readonly string[]]>([
  [{}, []],
  [{ partitions: [partition] }, ['1,000 events missing']],
  [
    { partitions: [{ ...partition, missingCount: 0, state: 'tail_unknown' }] },
    ['1 partition key with an unknown end'],
  ],
  [{ streams: [{ ...stream, missingCount: 1, lostCount: 1 }] }, ['2 messages of the stream missing or lost']],
  [{ conflicts: 1, deadLetters: 2 }, ['1 event in conflict', '2 dead letters']],
])('%o: %o', (wrong, texts) => {
  expect(wrongOf({ ...sound, ...wrong })).toEqual(texts);
});

test('holes are ranges', () => {
  expect(
    holesText([
      [3, 3],
      [7, 9],
    ]),
  ).toBe('3, 7–9');
  expect(
    holesText(
      [
        [1, 1],
        [3, 3],
        [5, 5],
      ],
      2,
    ),
  ).toBe('1, 3, …');
});
