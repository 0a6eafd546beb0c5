import { type EventRecord, NO_TICKET } from '@admit-one/core';
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

const partition = 8;

/** Which of the records of a ticket are in the outbox. */
async function writtenFor(
  engine: TicketStoreEngine,
  ticketId: string,
  records: readonly EventRecord[],
): Promise<readonly EventRecord[]> {
  const queue = (await queueOf(engine, partition)).filter(({ subject }) => subject === ticketId);
  return queue.flatMap(({ source }) => records.filter(({ event }) => event.source === source));
}

export const recordTests: TicketStoreTests = {
  'changes no ticket': async ({ open }) => {
    const engine = await open();
    const [known, unknown] = [ticketIn(partition), ticketIn(partition)];
    const version = await appended(engine, known);
    const { state } = await engine.store.load(known);
    for (const ticketId of [known, unknown]) await engine.store.record(recordOf(ticketId));
    expect(await engine.store.load(known)).toMatchObject({ version, state });
    expect(await engine.store.load(unknown)).toMatchObject({ version: null, state: NO_TICKET });
  },

  'skips a key that it has recorded, whatever else of the repeat differs': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const [first, second] = [recordOf(ticketId), recordOf(ticketId)] as const;
    const repeat = recordOf(ticketId, { key: first.key, work: 'folded' });
    for (const record of [first, first, second, repeat, second]) await engine.store.record(record);
    expect(await writtenFor(engine, ticketId, [first, second, repeat])).toEqual([first, second]);
  },

  'writes the same key for each ticket': async ({ open }) => {
    const engine = await open();
    const tickets = Array.from({ length: 20 }, () => ticketIn(partition));
    for (const ticketId of tickets) await engine.store.record(recordOf(ticketId, { key: 'same' }));
    const subjects = (await queueOf(engine, partition)).map(({ subject }) => subject);
    expect(subjects.slice(1)).toEqual(tickets);
  },

  'remembers what it has recorded when it is out of the outbox': async ({ open }) => {
    const engine = await open();
    const record = recordOf(ticketIn(partition));
    await engine.store.record(record);
    await drain(engine, partition);
    await engine.store.record(record);
    expect(await queueOf(engine, partition)).toEqual([]);
  },

  'records once what is recorded many times at once': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const record = recordOf(ticketId);
    await Promise.all(Array.from({ length: 20 }, () => engine.store.record(record)));
    expect(await writtenFor(engine, ticketId, [record])).toEqual([record]);
  },

  'does not count a rejected record as recorded': async ({ open }) => {
    const engine = await open({ softBound: 3, hardBound: 3 });
    const ticketId = ticketIn(partition);
    const record = recordOf(ticketId);
    await drain(engine, partition);
    await engine.store.record(recordOf(ticketId));
    await expect(engine.store.record(record)).rejects.toMatchObject({ code: 'outbox_full' });
    await drain(engine, partition);
    await engine.store.record(record);
    expect(await writtenFor(engine, ticketId, [record])).toEqual([record]);
  },
};
