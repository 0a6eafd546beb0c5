import type { StoredEvent } from '@admit-one/core';
import { expect, test } from 'vitest';
import { withEvents } from './event-order.ts';

const event = (time: string, id = time) =>
  ({ id, time, partitionkey: 'p', sequence: id }) as unknown as StoredEvent;

test('events are added once, newest first', () => {
  const listed = withEvents([], [event('3'), event('1')]);
  const added = withEvents(listed, [event('2'), event('3'), event('2'), event('1', '1b')]);
  expect(added.map(({ id }) => id)).toEqual(['3', '2', '1b', '1']);
});

test('what is not new leaves the list as it is', () => {
  const listed = [event('1')];
  expect(withEvents(listed, [event('1')])).toBe(listed);
});
