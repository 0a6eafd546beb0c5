import type { ReceivedEvent, TicketAppend } from '@admit-one/core';
import { expect } from 'vitest';
import {
  appended,
  queueOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketEvent,
  ticketIn,
} from './subject.ts';

const partition = 15;
const bounds = { softBound: 5, hardBound: 8 };
const full = { name: 'StoreError', code: 'outbox_full' };

async function append(engine: TicketStoreEngine, work: TicketAppend['work'], of = partition): Promise<void> {
  await appended(engine, ticketIn(of), { work });
}

async function record(engine: TicketStoreEngine): Promise<void> {
  const ticketId = ticketIn(partition);
  await engine.store.record({ ticketId, events: [ticketEvent(ticketId)] });
}

/** Writes single events until the outbox holds as many as wanted. */
async function fillTo(engine: TicketStoreEngine, events: number): Promise<void> {
  while ((await engine.outbox.level(partition)).events < events) await append(engine, 'existing');
}

export const boundTests: TicketStoreTests = {
  'tells how full an outbox is': async ({ open }) => {
    const engine = await open(bounds);
    const { events } = await engine.outbox.level(partition);
    await append(engine, 'new');
    await record(engine);
    expect(await engine.outbox.level(partition)).toEqual({ events: events + 2, ...bounds });
    await engine.outbox.remove(partition, (await queueOf(engine, partition)).at(-2) as ReceivedEvent);
    expect(await engine.outbox.level(partition)).toEqual({ events: 1, ...bounds });
  },

  'rejects new work at the soft bound, and lets existing work go on': async ({ open }) => {
    const engine = await open(bounds);
    await fillTo(engine, bounds.softBound - 1);
    await append(engine, 'new');
    await expect(append(engine, 'new')).rejects.toMatchObject(full);
    await append(engine, 'existing');
    await record(engine);
    await expect(append(engine, 'new')).rejects.toMatchObject(full);
    expect((await engine.outbox.level(partition)).events).toBe(bounds.softBound + 2);
  },

  'rejects everything at the hard bound': async ({ open }) => {
    const engine = await open(bounds);
    await fillTo(engine, bounds.hardBound);
    await expect(append(engine, 'new')).rejects.toMatchObject(full);
    await expect(append(engine, 'existing')).rejects.toMatchObject(full);
    await expect(record(engine)).rejects.toMatchObject(full);
    expect((await engine.outbox.level(partition)).events).toBe(bounds.hardBound);
    expect((await engine.store.load(ticketIn(partition))).version).toBeNull();
  },

  'never holds more than the hard bound under concurrent writes': async ({ open }) => {
    const engine = await open(bounds);
    const writes = Array.from({ length: 20 }, (_, n) =>
      n % 2 ? record(engine) : append(engine, 'existing'),
    );
    const { events: most } = await Promise.allSettled(writes).then(() => engine.outbox.level(partition));
    expect(most).toBe(bounds.hardBound);
  },

  'takes work again where there is room again': async ({ open }) => {
    const engine = await open(bounds);
    await fillTo(engine, bounds.hardBound);
    const queue = await queueOf(engine, partition);
    await engine.outbox.remove(partition, queue[0] as ReceivedEvent);
    await append(engine, 'existing');
    await expect(append(engine, 'existing')).rejects.toMatchObject(full);
    await engine.outbox.remove(partition, queue.at(-1) as ReceivedEvent);
    await append(engine, 'new');
  },

  'bounds each partition by itself': async ({ open }) => {
    const engine = await open(bounds);
    await fillTo(engine, bounds.hardBound);
    await append(engine, 'new', partition - 1);
  },
};
