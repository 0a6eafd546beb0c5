import type { EpochEnd } from '@admit-one/core';
import { expect, test } from 'vitest';
import { createAcknowledged, placeOfVersion } from './acknowledged.ts';

type Place = readonly [partitionkey: string, sequence: number];

test.each<[string, readonly Place[], readonly Place[]]>([
  [
    'nothing while an epoch lasts',
    [
      ['p01.a', 1],
      ['p01.a', 5],
    ],
    [],
  ],
  [
    'the highest number, when another epoch is seen',
    [
      ['p01.a', 5],
      ['p01.a', 3],
      ['p01.b', 1],
    ],
    [['p01.a', 5]],
  ],
  [
    'each partition by itself',
    [
      ['p01.a', 5],
      ['p02.a', 7],
      ['p02.b', 1],
    ],
    [['p02.a', 7]],
  ],
  [
    'every epoch',
    [
      ['p01.a', 5],
      ['p01.b', 2],
      ['p01.c', 1],
    ],
    [
      ['p01.a', 5],
      ['p01.b', 2],
    ],
  ],
  [
    'a higher number that comes late, and no other',
    [
      ['p01.a', 5],
      ['p01.b', 1],
      ['p01.a', 4],
      ['p01.a', 6],
      ['p01.b', 2],
      ['p01.c', 1],
    ],
    [
      ['p01.a', 5],
      ['p01.a', 6],
      ['p01.b', 2],
    ],
  ],
])('tells %s', (_name, places, expected) => {
  const acknowledged = createAcknowledged();
  const ends: EpochEnd[] = [];
  const leave = acknowledged.onEpochEnd((end) => ends.push(end));
  for (const place of places) acknowledged.note(...place);
  expect(ends.map(({ partitionkey, lastSequence }) => [partitionkey, lastSequence])).toEqual(expected);
  leave();
  acknowledged.note('p01.z', 1);
  expect(ends).toHaveLength(expected.length);
});

test('reads the place in a version', () => {
  expect(placeOfVersion('p07.epoch.412')).toEqual(['p07.epoch', 412]);
});
