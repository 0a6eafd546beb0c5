import type { StoredEvent } from '@admit-one/core';
import { expect, test } from 'vitest';
import { emptyList, MOST_LISTED, nextPage, withArrived, withPage, withWaiting } from './list-state.ts';

const start = Date.parse('2026-01-31T12:00:00Z');
const event = (place: number) =>
  ({
    ...{ id: `p.${place}`, partitionkey: 'p', sequence: String(place).padStart(16, '0') },
    time: new Date(start + place).toISOString(),
  }) as unknown as StoredEvent;
const places = ({ events }: { readonly events: readonly StoredEvent[] }) =>
  events.map(({ id }) => Number(id.slice(2)));
const page = { events: [event(3), event(2)], next: 'c', scannedTo: event(2).time, end: false };
const list = withPage(emptyList('reason=a&from=-1h'), page);

test('what comes is at the top, each once', () => {
  expect(places(withArrived(list, [event(4), event(3)], false))).toEqual([4, 3, 2]);
});

test('what comes while the reader is further down waits', () => {
  const held = withArrived(withArrived(list, [event(4)], true), [event(5)], true);
  expect([places(held), held.waiting.length]).toEqual([[3, 2], 2]);
  const shown = withWaiting(held);
  expect([places(shown), shown.waiting.length]).toEqual([[5, 4, 3, 2], 0]);
});

test('the next page continues behind the last one', () => {
  expect(Object.fromEntries(nextPage(list, 100))).toEqual({
    ...{ reason: 'a', from: '-1h', order: 'desc', limit: '100', cursor: 'c' },
  });
  expect(nextPage(emptyList('q=a'), 9).toString()).toBe('q=a&order=desc&limit=9');
});

test('a list that has grown too long drops the oldest, and continues from there', () => {
  const many = Array.from({ length: MOST_LISTED }, (_, index) => event(10 + index));
  const cut = withArrived({ ...list, end: true }, many, false);
  expect([cut.events.length, places(cut).at(-1), cut.end]).toEqual([MOST_LISTED, 10, false]);
  expect(nextPage(cut, 100).get('to')).toBe(event(11).time);
  expect(nextPage(cut, 100).has('cursor')).toBe(false);
});
