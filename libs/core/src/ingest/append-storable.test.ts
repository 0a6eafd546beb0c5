import { expect, it } from 'vitest';
import { storedEvent } from '../events/event.fixture.ts';
import { appendStorable } from './append-storable.ts';
import type { ReadDelivery } from './read-delivery.ts';

class ValueError extends Error {}

const issueOf = (error: unknown) => (error instanceof ValueError ? error.message : undefined);

/** Messages with so many events each. */
function messagesOf(...sizes: readonly number[]): readonly ReadDelivery[] {
  let sequence = 0;
  return sizes.map((size) => ({
    issues: [],
    events: Array.from({ length: size }, (_, index) => ({ index, event: storedEvent(++sequence) })),
  }));
}

/** An audit log that stores no event whose sequence is one of these. */
function logWithout(bad: readonly number[]) {
  const appended: (readonly number[])[] = [];
  const append = async (messages: readonly ReadDelivery[]) => {
    const events = messages.flatMap((message) => message.events.map(({ event }) => event));
    appended.push(events.map(({ sequence }) => Number(sequence)));
    const found = events.find(({ sequence }) => bad.includes(Number(sequence)));
    if (found) throw new ValueError(`no value in ${Number(found.sequence)}`);
    return { stored: events, conflicting: [] };
  };
  return { append, appended };
}

it('stores all events but those with a value that cannot be stored', async () => {
  const { append, appended } = logWithout([1, 18]);
  const { stored, notStorable } = await appendStorable(messagesOf(1, 5, 0, 20, 6), append, issueOf);
  expect(stored.map(({ sequence }) => Number(sequence))).toEqual(
    Array.from({ length: 32 }, (_, n) => n + 1).filter((sequence) => ![1, 18].includes(sequence)),
  );
  expect([...notStorable].map(([{ sequence }, text]) => [Number(sequence), text])).toEqual([
    [1, 'no value in 1'],
    [18, 'no value in 18'],
  ]);
  expect(appended.length).toBeLessThan(24);
});

it('throws every other error', async () => {
  const failure = new Error('no answer');
  const append = () => Promise.reject(failure);
  await expect(appendStorable(messagesOf(3), append, issueOf)).rejects.toBe(failure);
});
