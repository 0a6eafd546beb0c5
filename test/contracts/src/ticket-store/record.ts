import { NO_TICKET } from '@admit-one/core';
import { expect } from 'vitest';
import {
  appended,
  drain,
  queueOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketEvent,
  ticketIn,
} from './subject.ts';

async function idsIn(
  engine: TicketStoreEngine,
  ticketId: string,
  partition: number,
): Promise<readonly string[]> {
  return (await queueOf(engine, partition)).filter(({ subject }) => subject === ticketId).map(({ id }) => id);
}

export const recordTests: TicketStoreTests = {
  'changes no ticket': async ({ open }) => {
    const engine = await open();
    const [known, unknown] = [ticketIn(8), ticketIn(8)];
    const version = await appended(engine, known);
    const { state } = await engine.store.load(known);
    for (const ticketId of [known, unknown])
      await engine.store.record({ ticketId, events: [ticketEvent(ticketId)] });
    expect(await engine.store.load(known)).toMatchObject({ version, state });
    expect(await engine.store.load(unknown)).toMatchObject({ version: null, state: NO_TICKET });
  },

  'skips events that it has recorded, and writes the others': async ({ open }) => {
    const engine = await open();
    const { store } = engine;
    const ticketId = ticketIn(8);
    const [first, second, third] = [1, 2, 3].map(() => ticketEvent(ticketId)) as [never, never, never];
    await store.record({ ticketId, events: [first] });
    await store.record({ ticketId, events: [first] });
    await store.record({ ticketId, events: [first, second] });
    await store.record({ ticketId, events: [third, second] });
    expect(await idsIn(engine, ticketId, 8)).toEqual([first, second, third].map(({ id }) => id));
  },

  'remembers what it has recorded when it is out of the outbox': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(8);
    const event = ticketEvent(ticketId);
    await engine.store.record({ ticketId, events: [event] });
    await drain(engine, 8);
    await engine.store.record({ ticketId, events: [event] });
    expect(await queueOf(engine, 8)).toEqual([]);
  },

  'records once what is recorded many times at once': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(8);
    const events = [ticketEvent(ticketId), ticketEvent(ticketId)];
    await Promise.all(Array.from({ length: 20 }, () => engine.store.record({ ticketId, events })));
    expect(await idsIn(engine, ticketId, 8)).toEqual(events.map(({ id }) => id));
  },

  'does not count a rejected record as recorded': async ({ open }) => {
    const engine = await open({ softBound: 1, hardBound: 1 });
    const ticketId = ticketIn(8);
    const event = ticketEvent(ticketId);
    await drain(engine, 8);
    await engine.store.record({ ticketId, events: [ticketEvent(ticketId)] });
    await expect(engine.store.record({ ticketId, events: [event] })).rejects.toMatchObject({
      code: 'outbox_full',
    });
    await drain(engine, 8);
    await engine.store.record({ ticketId, events: [event] });
    expect(await idsIn(engine, ticketId, 8)).toEqual([event.id]);
  },
};
