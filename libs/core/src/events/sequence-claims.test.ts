import { expect, test } from 'vitest';
import type { EventType } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import { type SequenceClaim, sequenceClaimsOf } from './sequence-claims.ts';

type Case = readonly [type: EventType, key: string, data: object, claim: SequenceClaim | null];

const cases: readonly Case[] = [
  [
    'admit.service.started',
    'edge',
    { lastSequence: 1 },
    { partitionkey: 'edge', lastSequence: 1, final: false },
  ],
  [
    'admit.service.alive',
    'edge',
    { lastSequence: 9 },
    { partitionkey: 'edge', lastSequence: 9, final: false },
  ],
  [
    'admit.service.stopped',
    'edge',
    { lastSequence: 9 },
    { partitionkey: 'edge', lastSequence: 9, final: true },
  ],
  [
    'admit.store.stopped',
    'p07.last',
    { lastSequence: 9 },
    { partitionkey: 'p07.last', lastSequence: 9, final: true },
  ],
  ['admit.store.stopped', 'edge', { lastSequence: 9 }, null],
  [
    'admit.store.started',
    'p07.new',
    { previousEpoch: 'old', lastSequence: 30 },
    { partitionkey: 'p07.old', lastSequence: 30, final: true },
  ],
  [
    'admit.store.acknowledged',
    'ticket-service-1',
    { epoch: 'p07.old', lastSequence: 31 },
    { partitionkey: 'p07.old', lastSequence: 31, final: false },
  ],
  ['admit.store.started', 'p07.new', { previousEpoch: null, lastSequence: 0 }, null],
  ['admit.store.started', 'p07.new', { previousEpoch: 'old', lastSequence: 0 }, null],
  ['admit.store.started', 'p07.new', { previousEpoch: 'o l d', lastSequence: 3 }, null],
  ['admit.store.started', 'p07.new', { previousEpoch: 7, lastSequence: 3 }, null],
  ['admit.store.acknowledged', 'ticket-service-1', { epoch: 'ws-edge-1', lastSequence: 3 }, null],
  ['admit.store.acknowledged', 'ticket-service-1', { lastSequence: 3 }, null],
  ['admit.service.alive', 'edge', {}, null],
  ['admit.service.alive', 'edge', { lastSequence: '9' }, null],
  ['admit.service.alive', 'edge', { lastSequence: 0.5 }, null],
  ['admit.service.alive', 'edge', { lastSequence: 9e15 * 2 }, null],
  ['admit.connection.closed', 'edge', { lastSequence: 9 }, null],
];

test.each(cases)('%s under %s with %j claims %j', (type, partitionkey, data, claim) => {
  const event = { type, partitionkey, data } as unknown as ReceivedEvent;
  expect(sequenceClaimsOf(event)).toEqual(claim ? [claim] : []);
});
