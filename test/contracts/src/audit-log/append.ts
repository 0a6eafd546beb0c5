import type { ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, idsOf, unique } from '../sample-events.ts';
import { type AuditLogTests, findAll } from './subject.ts';

function eventsOf(session: string, count: number): readonly ReceivedEvent[] {
  const partitionkey = unique('instance');
  return Array.from({ length: count }, (_, n) =>
    cloudEvent({ partitionkey, sequence: n + 1, data: { principal: { session } } }),
  );
}

const nothing = { stored: [], conflicting: [] };

export const appendTests: AuditLogTests = {
  'gives back an event as it was stored': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: {
        principal: { session, attributes: {} },
        list: [],
        nothing: null,
        number: 0.5,
        text: 'ünïcödé 🎟',
        nested: { deep: [{ empty: {} }] },
      },
    });
    await appendEvents(log, [event]);
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'keeps members that it does not know': async ({ log }) => {
    const session = unique('session');
    const event = { ...cloudEvent({ data: { principal: { session } } }), extension: 'kept' };
    await appendEvents(log, [event]);
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'tells which events were new': async ({ log }) => {
    const [first, second, third] = eventsOf(unique('session'), 3) as [
      ReceivedEvent,
      ReceivedEvent,
      ReceivedEvent,
    ];
    expect(await appendEvents(log, [first, second])).toEqual({ stored: [first, second], conflicting: [] });
    expect(await appendEvents(log, [first, second, third])).toEqual({ stored: [third], conflicting: [] });
    expect(await appendEvents(log, [first, second, third])).toEqual(nothing);
  },

  'takes an empty batch': async ({ log }) => {
    expect(await appendEvents(log, [])).toEqual(nothing);
  },

  'keeps a different event at a place that is taken aside, once, and stores it never': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({ data: { principal: { session }, told: 'first' } });
    const other = { ...event, data: { ...event.data, told: 'again' } };
    const forged = cloudEvent({
      partitionkey: event.partitionkey,
      type: 'admit.connection.renewed',
      data: { principal: { session } },
    });
    await appendEvents(log, [event]);
    expect(await appendEvents(log, [other, event, forged, other])).toEqual({
      stored: [],
      conflicting: [other, forged],
    });
    expect(await appendEvents(log, [forged, other])).toEqual(nothing);
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'keeps the later of two different events at one place in a batch aside': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({ data: { principal: { session } } });
    const other = { ...event, subject: unique('subject') };
    expect(await appendEvents(log, [event, other, event, other])).toEqual({
      stored: [event],
      conflicting: [other],
    });
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'keeps the loser of a race for a place aside': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({ data: { principal: { session } } });
    const rivals = Array.from({ length: 5 }, () => ({ ...event, subject: unique('subject') }));
    const appended = await Promise.all(rivals.map((rival) => appendEvents(log, [rival])));
    expect(appended.flatMap(({ stored }) => stored)).toHaveLength(1);
    expect(appended.flatMap(({ conflicting }) => conflicting)).toHaveLength(rivals.length - 1);
    expect(await findAll(log, { session })).toEqual(appended.flatMap(({ stored }) => stored));
  },

  'stores every event of those that share an id': async ({ log }) => {
    const session = unique('session');
    const events = eventsOf(session, 5).map((event) => ({ ...event, id: 'one-for-all' }));
    expect(await appendEvents(log, events)).toEqual({ stored: events, conflicting: [] });
    expect(await appendEvents(log, events)).toEqual(nothing);
    expect(await findAll(log, { session })).toHaveLength(events.length);
  },

  'calls each event new to one of those who append it at once': async ({ log }) => {
    const session = unique('session');
    const events = eventsOf(session, 20);
    const backwards = [...events].reverse();
    const answers = await Promise.all([
      appendEvents(log, events),
      appendEvents(log, backwards),
      appendEvents(log, events),
    ]);
    const stored = answers.flatMap((answer) => answer.stored);
    expect([...idsOf(stored)].sort()).toEqual([...idsOf(events)].sort());
    expect(answers.flatMap(({ conflicting }) => conflicting)).toEqual([]);
    expect(idsOf(await findAll(log, { session })).length).toBe(events.length);
  },

  'stores all of a batch or nothing': async ({ log }) => {
    const session = unique('session');
    const [good] = eventsOf(session, 1) as [ReceivedEvent];
    const broken = { ...good, id: null, time: 'never', sequence: 'none' } as unknown as ReceivedEvent;
    await expect(appendEvents(log, [good, broken])).rejects.toThrow();
    expect(await findAll(log, { session })).toEqual([]);
    expect((await log.sequences()).map((report) => report.partitionkey)).not.toContain(good.partitionkey);
    expect((await appendEvents(log, [good])).stored).toEqual([good]);
  },

  'takes a batch of hundreds': async ({ log }) => {
    const session = unique('session');
    const events = eventsOf(session, 600);
    expect((await appendEvents(log, events)).stored).toHaveLength(600);
    expect(await findAll(log, { session })).toHaveLength(600);
  },
};
