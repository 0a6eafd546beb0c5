import type { ReceivedEvent, RecordWork, TicketWork } from '@admit-one/core';
import { expect } from 'vitest';
import {
  appended,
  drain,
  queueOf,
  recordOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketIn,
} from './subject.ts';

const partition = 15;
const bounds = { softBound: 16, hardBound: 20 };
/** How many events may be in the outbox after a write of each kind. */
const room = { new: 16, existing: 20, again: 8, release: 6, rejection: 6, folded: 8 } as const;
type Work = keyof typeof room;
const kinds = Object.keys(room) as readonly Work[];
const full = { name: 'StoreError', code: 'outbox_full' };

async function append(engine: TicketStoreEngine, work: TicketWork, of = partition): Promise<void> {
  await appended(engine, ticketIn(of), { work });
}

async function record(engine: TicketStoreEngine, work: RecordWork): Promise<void> {
  await engine.store.record(recordOf(ticketIn(partition), { work }));
}

function write(engine: TicketStoreEngine, work: Work): Promise<void> {
  return work === 'rejection' || work === 'folded' ? record(engine, work) : append(engine, work);
}

/** Writes single events until the outbox holds as many as wanted. */
async function fillTo(engine: TicketStoreEngine, events: number): Promise<void> {
  while ((await engine.outbox.level(partition)).events < events) await append(engine, 'existing');
}

async function levelOf(engine: TicketStoreEngine): Promise<number> {
  return (await engine.outbox.level(partition)).events;
}

export const boundTests: TicketStoreTests = {
  'tells how full an outbox is': async ({ open }) => {
    const engine = await open(bounds);
    const { events } = await engine.outbox.level(partition);
    await append(engine, 'new');
    await record(engine, 'rejection');
    expect(await engine.outbox.level(partition)).toEqual({ events: events + 2, ...bounds });
    await engine.outbox.remove(partition, (await queueOf(engine, partition)).at(-2) as ReceivedEvent);
    expect(await engine.outbox.level(partition)).toEqual({ events: 1, ...bounds });
  },

  'stops each kind of work at its own bound': async ({ open }) => {
    const engine = await open(bounds);
    for (let level = 1; level <= bounds.hardBound; level += 1) {
      await fillTo(engine, level);
      for (const work of kinds.filter((kind) => room[kind] <= level))
        await expect(write(engine, work), `${work} at ${level}`).rejects.toMatchObject(full);
      expect(await levelOf(engine)).toBe(level);
    }
    expect((await engine.store.load(ticketIn(partition))).version).toBeNull();
    for (const work of kinds) {
      await drain(engine, partition);
      await fillTo(engine, room[work] - 1);
      await write(engine, work);
      expect(await levelOf(engine)).toBe(room[work]);
    }
  },

  'leaves half of the soft bound to admissions, whatever else is written': async ({ open }) => {
    const engine = await open(bounds);
    const caused = ['rejection', 'release', 'again', 'folded'] as const;
    await Promise.allSettled(Array.from({ length: 80 }, (_, n) => write(engine, caused[n % 4] ?? 'release')));
    expect(await levelOf(engine)).toBe(bounds.softBound / 2);
    for (let n = 0; n < bounds.softBound / 4; n += 1) {
      await append(engine, 'new');
      await append(engine, 'existing');
    }
  },

  'never holds more than the hard bound under concurrent writes': async ({ open }) => {
    const engine = await open(bounds);
    const writes = Array.from({ length: 48 }, (_, n) =>
      n % 2 ? record(engine, 'rejection') : append(engine, 'existing'),
    );
    await Promise.allSettled(writes);
    expect(await levelOf(engine)).toBe(bounds.hardBound);
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
