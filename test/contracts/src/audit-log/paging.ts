import type { AuditPage, ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, filterOf, idsOf, unique, withoutPosition } from '../sample-events.ts';
import { type AuditLogTests, pagesOf } from './subject.ts';

const start = 1_750_000_000_000;

/** An event that a test finds by its session. */
function at(session: string, offset: number, partitionkey: string, sequence: number): ReceivedEvent {
  return cloudEvent({
    time: start + offset,
    partitionkey,
    sequence,
    data: { principal: { session } },
  });
}

/** Events in the order that readers see them in: by time, then partition key (by code point), then sequence. */
function orderedEvents(session: string): readonly ReceivedEvent[] {
  const [a, b, c, d] = ['A', 'Z', '_', 'a'].map((first) => unique(first)) as [string, string, string, string];
  return [
    at(session, 0, d, 1),
    at(session, 1, a, 2),
    at(session, 1, a, 10),
    at(session, 1, b, 1),
    at(session, 1, c, 3),
    at(session, 1, d, 2),
    at(session, 2, a, 1),
    at(session, 2, d, 1_000_000_000),
    at(session, 1_000, b, 2),
  ];
}

/** The same events as they might arrive. */
function shuffled(events: readonly ReceivedEvent[]): readonly ReceivedEvent[] {
  return [...events].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const badCursors: readonly string[] = [
  '',
  ' ',
  'x',
  '0',
  '-1',
  'null',
  "' OR 1=1 --",
  '\0',
  'ü',
  '%00',
  'A'.repeat(100_000),
  ...['null', '{}', '[]', '"x"', '[1,2,3]', '["x","y","z"]', '{"time":{}}', '[null,null,null,null]'].flatMap(
    (json) => [json, Buffer.from(json).toString('base64url'), Buffer.from(json).toString('base64')],
  ),
];

export const pagingTests: AuditLogTests = {
  'orders by time, partition key and sequence': async ({ log }) => {
    const session = unique('session');
    const events = orderedEvents(session);
    await appendEvents(log, shuffled(events));
    const query = async (order: AuditPage['order']) =>
      (await log.query(filterOf({ session }), { limit: 100, order })).events;
    expect((await query('asc')).map(withoutPosition)).toEqual(events);
    expect((await query('desc')).map(withoutPosition)).toEqual([...events].reverse());
  },

  'visits everything exactly once, whatever the page': async ({ log }) => {
    const session = unique('session');
    const events = orderedEvents(session);
    await appendEvents(log, shuffled(events));
    for (const order of ['asc', 'desc'] as const) {
      const expected = order === 'asc' ? events : [...events].reverse();
      for (let limit = 1; limit <= events.length + 1; limit += 1) {
        const pages = await pagesOf(log, { session }, { limit, order });
        expect(idsOf(pages.flat()), `${order} by ${limit}`).toEqual(idsOf(expected));
        expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
        expect(pages.at(-1)?.length).toBeLessThanOrEqual(limit);
      }
    }
  },

  'goes on behind its page while events are added on both sides': async ({ log }) => {
    const session = unique('session');
    const instance = unique('instance');
    const events = [10, 20, 30, 40, 50].map((offset) => at(session, offset, instance, offset));
    const later = [60, 70].map((offset) => at(session, offset, instance, offset));
    const earlier = [at(session, 5, instance, 5)];
    for (const order of ['asc', 'desc'] as const) {
      await appendEvents(log, events);
      const pages = await pagesOf(log, { session }, { limit: 2, order }, async () => {
        await appendEvents(log, order === 'asc' ? [...earlier, ...later] : [at(session, 80, instance, 80)]);
      });
      const expected = order === 'asc' ? [...events, ...later] : [...earlier, ...events, ...later].reverse();
      expect(idsOf(pages.flat())).toEqual(idsOf(expected));
    }
  },

  'ends an empty search at once': async ({ log }) => {
    const found = await log.query(filterOf({ session: unique('session') }), { limit: 10, order: 'asc' });
    expect(found).toEqual({
      events: [],
      next: expect.any(String),
      scannedTo: expect.stringMatching(/Z$/),
      end: true,
    });
  },

  'rejects a cursor that it did not make': async ({ log }) => {
    for (const cursor of badCursors) {
      await expect(
        log.query(filterOf({}), { limit: 1, order: 'asc', cursor }),
        JSON.stringify(cursor),
      ).rejects.toMatchObject({ name: 'AuditLogError', code: 'bad_cursor' });
    }
  },
};
