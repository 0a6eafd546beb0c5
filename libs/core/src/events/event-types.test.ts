import { describe, expect, it } from 'vitest';
import { type EventType, eventTypes, isEventType, sequenceOwnerOf, subjectOf } from './event-types.ts';

const types = Object.keys(eventTypes) as EventType[];

describe('an event type', () => {
  it.each(types)('%s is a noun and a verb, and its subject on the bus says the same', (type) => {
    expect(type).toMatch(/^admit\.[a-z]+\.[a-z]+$/);
    expect(subjectOf(type).split('.')).toEqual(['admit', 'event', ...type.split('.').slice(1)]);
    expect(isEventType(type)).toBe(true);
  });

  it('is numbered by the store where it is told in the same write as what it tells', () => {
    const stored = types.filter((type) => eventTypes[type] === 'store');
    const ofStore = /^admit\.(ticket\..*|session\.revoked|store\.started)$/;
    expect(stored).toEqual(types.filter((type) => ofStore.test(type)));
  });

  it.each([
    '',
    'admit.ticket',
    'admit.ticket.lost',
    'toString',
    '__proto__',
    null,
    1,
    ['admit.ticket.issued'],
  ])('is not %j', (value) => expect(isEventType(value)).toBe(false));
});

describe('the owner of a partition key', () => {
  it.each([
    ['p00.epoch', 'store'],
    ['p09.epoch', 'store'],
    ['p15.epoch', 'store'],
    ['p16.epoch', 'instance'],
    ['p1.epoch', 'instance'],
    ['p00', 'instance'],
    ['xp00.epoch', 'instance'],
    ['ws-edge-1.aZ09', 'instance'],
    ['', 'instance'],
  ])('%j is the %s', (partitionKey, owner) => expect(sequenceOwnerOf(partitionKey)).toBe(owner));
});
