import { type EventRecord, NO_TICKET, type Reason } from '@admit-one/core';
import { expect } from 'vitest';
import {
  appended,
  drain,
  issuedState,
  queueOf,
  recordOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketIn,
  untilStoreTime,
} from './subject.ts';

const partition = 9;
const unknown = { state: NO_TICKET, lastRejection: null };

async function rejected(
  { store }: TicketStoreEngine,
  ticketId: string,
  rejection: Reason,
  given: Partial<EventRecord> = {},
): Promise<void> {
  await store.record(recordOf(ticketId, { rejection, ...given }));
}

export const inspectTests: TicketStoreTests = {
  'tells of a ticket without changing anything': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const state = issuedState();
    const version = await appended(engine, ticketId, { state });
    const queue = await queueOf(engine, partition);
    const inspected = await engine.store.inspect(ticketId);
    expect(inspected).toEqual({ state, lastRejection: null, now: expect.any(Number) });
    expect(Math.abs(inspected.now - (await engine.store.ping()).now)).toBeLessThan(60_000);
    expect(await engine.store.load(ticketId)).toMatchObject({ version, state });
    expect(await queueOf(engine, partition)).toEqual(queue);
  },

  'keeps the reason of the last rejection of each ticket': async ({ open }) => {
    const engine = await open();
    const [one, other] = [ticketIn(partition), ticketIn(partition)];
    for (const ticketId of [one, other]) await appended(engine, ticketId);
    await rejected(engine, one, 'route_mismatch');
    await rejected(engine, other, 'ticket_expired');
    await rejected(engine, one, 'ticket_in_use');
    await engine.store.record(recordOf(one));
    expect(await engine.store.inspect(one)).toMatchObject({ lastRejection: 'ticket_in_use' });
    expect(await engine.store.inspect(other)).toMatchObject({ lastRejection: 'ticket_expired' });
  },

  'remembers a rejection when the ticket has changed since': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const expectedVersion = await appended(engine, ticketId);
    await rejected(engine, ticketId, 'route_mismatch');
    const state = issuedState();
    await appended(engine, ticketId, { expectedVersion, state });
    expect(await engine.store.inspect(ticketId)).toMatchObject({ state, lastRejection: 'route_mismatch' });
  },

  'takes a record that it skips for no rejection': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    await appended(engine, ticketId);
    const first = { key: 'first' };
    await rejected(engine, ticketId, 'ticket_in_use', first);
    await rejected(engine, ticketId, 'route_mismatch');
    await rejected(engine, ticketId, 'ticket_in_use', first);
    expect(await engine.store.inspect(ticketId)).toMatchObject({ lastRejection: 'route_mismatch' });
  },

  'remembers no rejection that the outbox has no room for': async ({ open }) => {
    const engine = await open({ softBound: 1, hardBound: 1 });
    const ticketId = ticketIn(partition);
    await drain(engine, partition);
    await appended(engine, ticketId);
    await expect(rejected(engine, ticketId, 'ticket_expired')).rejects.toMatchObject({ code: 'outbox_full' });
    expect(await engine.store.inspect(ticketId)).toMatchObject({ lastRejection: null });
  },

  'remembers nothing of a ticket that there is not': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    await rejected(engine, ticketId, 'ticket_unknown');
    expect(await engine.store.inspect(ticketId)).toMatchObject(unknown);
    await appended(engine, ticketId);
    expect(await engine.store.inspect(ticketId)).toMatchObject({ lastRejection: null });
  },

  'forgets a rejection with its ticket': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const retainUntil = (await engine.store.ping()).now + 2_000;
    await appended(engine, ticketId, { retainUntil });
    await rejected(engine, ticketId, 'route_mismatch');
    expect(await engine.store.inspect(ticketId)).toMatchObject({ lastRejection: 'route_mismatch' });
    await untilStoreTime(engine, retainUntil + 5);
    expect(await engine.store.inspect(ticketId)).toMatchObject(unknown);
    await appended(engine, ticketId);
    expect(await engine.store.inspect(ticketId)).toMatchObject({ lastRejection: null });
  },

  'tells nothing of a ticket of an earlier epoch': async ({ open, openAfterLoss }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    await appended(engine, ticketId);
    await rejected(engine, ticketId, 'route_mismatch');
    await engine.store.close();
    const { store } = await openAfterLoss();
    expect(await store.inspect(ticketId)).toMatchObject(unknown);
  },
};
