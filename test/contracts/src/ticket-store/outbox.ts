import type { ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { decode } from '../sample-events.ts';
import { OFTEN } from '../waiting.ts';
import {
  appended,
  drain,
  queueOf,
  recordOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketIn,
} from './subject.ts';

const partition = 14;

/** An outbox with five events in it, and nothing else. */
async function five(engine: TicketStoreEngine): Promise<readonly ReceivedEvent[]> {
  await drain(engine, partition);
  for (let n = 0; n < 5; n += 1) await appended(engine, ticketIn(partition));
  return queueOf(engine, partition);
}

export const outboxTests: TicketStoreTests = {
  'gives the oldest first, as many as are asked for, until they are removed': async ({ open }) => {
    const engine = await open();
    const events = await five(engine);
    expect(events).toHaveLength(5);
    for (const limit of [1, 3, 3, 5, 100])
      expect((await engine.outbox.head(partition, limit)).map(decode)).toEqual(events.slice(0, limit));
  },

  'removes up to and including an event': async ({ open }) => {
    const engine = await open();
    const events = await five(engine);
    await engine.outbox.remove(partition, events[1] as ReceivedEvent);
    expect(await queueOf(engine, partition)).toEqual(events.slice(2));
    await engine.outbox.remove(partition, events[2] as ReceivedEvent);
    expect(await queueOf(engine, partition)).toEqual(events.slice(3));
    await engine.outbox.remove(partition, events[4] as ReceivedEvent);
    expect(await queueOf(engine, partition)).toEqual([]);
  },

  'removes nothing where the event was removed before': async ({ open }) => {
    const engine = await open();
    const events = await five(engine);
    for (let n = 0; n < 3; n += 1) {
      await engine.outbox.remove(partition, events[1] as ReceivedEvent);
      await engine.outbox.remove(partition, events[0] as ReceivedEvent);
      expect(await queueOf(engine, partition)).toEqual(events.slice(2));
    }
    await drain(engine, partition);
    await engine.outbox.remove(partition, events[4] as ReceivedEvent);
    await appended(engine, ticketIn(partition));
    await engine.outbox.remove(partition, events[4] as ReceivedEvent);
    expect(await queueOf(engine, partition)).toHaveLength(1);
  },

  'removes nothing by an event of another partition or epoch': async ({ open }) => {
    const engine = await open();
    const events = await five(engine);
    await appended(engine, ticketIn(partition + 1));
    const [foreign] = (await queueOf(engine, partition + 1)) as [ReceivedEvent];
    const sequence = events[2]?.sequence ?? '';
    await engine.outbox.remove(partition, { ...foreign, sequence });
    await engine.outbox.remove(partition, { ...foreign, sequence, partitionkey: 'p14.another-epoch' });
    expect(await queueOf(engine, partition)).toEqual(events);
  },

  'removes nothing by an event that it never had': async ({ open }) => {
    const engine = await open();
    const events = await five(engine);
    const ahead = String(Number(events[4]?.sequence) + 1).padStart(16, '0');
    await engine.outbox.remove(partition, { ...(events[4] as ReceivedEvent), sequence: ahead });
    expect(await queueOf(engine, partition)).toEqual(events);
  },

  'removes exactly once where two relays remove the same': async ({ open }) => {
    const engine = await open();
    const events = await five(engine);
    const through = events[2] as ReceivedEvent;
    await Promise.all([1, 2, 3, 4].map(() => engine.outbox.remove(partition, through)));
    expect(await queueOf(engine, partition)).toEqual(events.slice(3));
  },

  'tells of appends and records, until the listener leaves': async ({ open }) => {
    const engine = await open();
    const [left, told]: [number[], number[]] = [[], []];
    const leave = engine.outbox.onAppend((of) => left.push(of));
    const leaveToo = engine.outbox.onAppend((of) => told.push(of));

    await appended(engine, ticketIn(2));
    await expect.poll(() => [left, told], OFTEN).toEqual([[2], [2]]);
    leave();
    const ticketId = ticketIn(3);
    await engine.store.record(recordOf(ticketId));
    await expect.poll(() => told, OFTEN).toEqual([2, 3]);
    leaveToo();
    expect(left).toEqual([2]);
  },
};
