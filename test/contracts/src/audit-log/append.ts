import type { ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { cloudEvent, idsOf, unique } from '../sample-events.ts';
import { type AuditLogTests, findAll } from './subject.ts';

function eventsOf(session: string, count: number): readonly ReceivedEvent[] {
  const partitionkey = unique('instance');
  return Array.from({ length: count }, (_, n) =>
    cloudEvent({ partitionkey, sequence: n + 1, data: { principal: { session } } }),
  );
}

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
    await log.append([event]);
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'keeps members that it does not know': async ({ log }) => {
    const session = unique('session');
    const event = { ...cloudEvent({ data: { principal: { session } } }), extension: 'kept' };
    await log.append([event]);
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'tells which events were new': async ({ log }) => {
    const [first, second, third] = eventsOf(unique('session'), 3) as [
      ReceivedEvent,
      ReceivedEvent,
      ReceivedEvent,
    ];
    expect(await log.append([first, second])).toEqual([first, second]);
    expect(await log.append([first, second, third])).toEqual([third]);
    expect(await log.append([first, second, third])).toEqual([]);
  },

  'takes an empty batch': async ({ log }) => {
    expect(await log.append([])).toEqual([]);
  },

  'stores an event id once, whatever else of the repeat differs': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({ data: { principal: { session }, told: 'first' } });
    const differs = {
      type: 'admit.connection.renewed',
      sequence: 7,
      time: Date.parse(event.time) + 1,
      data: { principal: { session }, told: 'again' },
    } as const;
    const repeat = { ...cloudEvent(differs), id: event.id };
    await log.append([event]);
    expect(await log.append([repeat])).toEqual([]);
    expect(await findAll(log, { session })).toEqual([event]);
  },

  'stores an event id once within one batch': async ({ log }) => {
    const session = unique('session');
    const event = cloudEvent({ data: { principal: { session } } });
    const repeat = { ...event, sequence: '0000000000000002' };
    expect(idsOf(await log.append([event, repeat, event]))).toEqual([event.id]);
    expect(idsOf(await findAll(log, { session }))).toEqual([event.id]);
  },

  'calls each event new to one of those who append it at once': async ({ log }) => {
    const session = unique('session');
    const events = eventsOf(session, 20);
    const backwards = [...events].reverse();
    const answers = await Promise.all([log.append(events), log.append(backwards), log.append(events)]);
    expect([...idsOf(answers.flat())].sort()).toEqual([...idsOf(events)].sort());
    expect(idsOf(await findAll(log, { session })).length).toBe(events.length);
  },

  'stores all of a batch or nothing': async ({ log }) => {
    const session = unique('session');
    const [good] = eventsOf(session, 1) as [ReceivedEvent];
    const broken = { ...good, id: null, time: 'never', sequence: 'none' } as unknown as ReceivedEvent;
    await expect(log.append([good, broken])).rejects.toThrow();
    expect(await findAll(log, { session })).toEqual([]);
    expect((await log.sequences()).map((report) => report.partitionkey)).not.toContain(good.partitionkey);
    expect(await log.append([good])).toEqual([good]);
  },

  'takes a batch of hundreds': async ({ log }) => {
    const session = unique('session');
    const events = eventsOf(session, 600);
    expect(await log.append(events)).toHaveLength(600);
    expect(await findAll(log, { session })).toHaveLength(600);
  },
};
