import { NO_TICKET, type TicketState } from '@admit-one/core';
import { expect } from 'vitest';
import { OFTEN } from '../waiting.ts';
import {
  appended,
  appendOf,
  issuedState,
  queueOf,
  type TicketStoreTests,
  ticketEvent,
  ticketIn,
} from './subject.ts';

function statesOfALife(): readonly TicketState[] {
  const issued = issuedState();
  if (issued.status !== 'issued') throw new Error('an issued ticket was expected');
  const { principal } = issued.ticket;
  const attributes = { name: 'Žofie 🎟 "\\\u0000', empty: '' };
  const ticket = { ...issued.ticket, route: 'chat', principal: { ...principal, user: 'user', attributes } };
  const reservation = { handshake: 'handshake', leaseEndsAt: 1_750_000_005_000 };
  return [
    issued,
    { status: 'reserved', ticket, reservation, reservations: 3 },
    { status: 'consumed', ticket, reservation, connection: 'connection' },
    { status: 'revoked', ticket },
  ];
}

export const appendTests: TicketStoreTests = {
  'knows no ticket that was never appended': async ({ open }) => {
    const { store } = await open();
    expect(await store.load(ticketIn(0))).toMatchObject({ version: null, state: NO_TICKET });
  },

  'loads the state and version of the last append': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(5);
    let version: string | null = null;
    for (const state of statesOfALife()) {
      version = await appended(engine, ticketId, { expectedVersion: version, state });
      const loaded = await engine.store.load(ticketId);
      expect(loaded.version).toBe(version);
      expect(loaded.state).toEqual(state);
    }
  },

  'keeps tickets apart, in every partition': async ({ open }) => {
    const engine = await open();
    const tickets = Array.from({ length: 32 }, (_, n) => ({ id: ticketIn(n % 16), state: issuedState() }));
    await Promise.all(tickets.map(({ id, state }) => appended(engine, id, { state })));
    const loaded = await Promise.all(tickets.map(({ id }) => engine.store.load(id)));
    expect(loaded.map(({ state }) => state)).toEqual(tickets.map(({ state }) => state));
  },

  'gives a state that is the caller’s own': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(1);
    const state = issuedState();
    const expected = structuredClone(state);
    await appended(engine, ticketId, { state });
    Object.assign(state, { status: 'consumed' });
    Object.assign((await engine.store.load(ticketId)).state, { status: 'revoked' });
    expect((await engine.store.load(ticketId)).state).toEqual(expected);
  },

  'rejects an append on a version that is not the ticket’s': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(2);
    const first = await appended(engine, ticketId);
    await appended(engine, ticketId, { expectedVersion: first });
    const ofAnother = await appended(engine, ticketIn(2));
    for (const expectedVersion of [null, first, ofAnother]) {
      const result = await engine.store.append(await appendOf(engine, ticketId, { expectedVersion }));
      expect(result).toEqual({ ok: false, because: 'version' });
    }
    const onNothing = await appendOf(engine, ticketIn(2), { expectedVersion: first });
    expect(await engine.store.append(onNothing)).toEqual({ ok: false, because: 'version' });
  },

  'lets one of many appends on the same version through': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(3);
    const issued = await appended(engine, ticketId);
    for (const [id, expectedVersion] of [
      [ticketIn(3), null],
      [ticketId, issued],
    ] as const) {
      const attempts = await Promise.all(
        Array.from({ length: 50 }, () =>
          appendOf(engine, id, { expectedVersion, events: [ticketEvent(id)], state: issuedState() }),
        ),
      );
      const results = await Promise.all(attempts.map((attempt) => engine.store.append(attempt)));
      const winner = results.findIndex(({ ok }) => ok);
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.filter(({ ok }) => !ok)).toEqual(Array(49).fill({ ok: false, because: 'version' }));
      expect((await engine.store.load(id)).state).toEqual(attempts[winner]?.state);
      const written = (await queueOf(engine, 3)).filter(({ subject }) => subject === id).at(-1);
      expect(written?.source).toBe(attempts[winner]?.events[0]?.source);
    }
    expect((await queueOf(engine, 3)).filter(({ subject }) => subject === ticketId)).toHaveLength(2);
  },

  'forgets a ticket, and never repeats a version': async ({ open }) => {
    const engine = await open();
    const { store } = engine;
    const ticketId = ticketIn(4);
    const versions: string[] = [];
    for (let life = 0; life < 3; life += 1) {
      versions.push(await appended(engine, ticketId));
      const retainUntil = (await store.ping()).now + 50;
      versions.push(
        await appended(engine, ticketId, { expectedVersion: versions.at(-1) ?? null, retainUntil }),
      );
      await expect.poll(async () => (await store.load(ticketId)).version, OFTEN).toBeNull();
      const { state, now } = await store.load(ticketId);
      expect(state).toEqual(NO_TICKET);
      expect(now).toBeGreaterThanOrEqual(retainUntil);
      const late = await appendOf(engine, ticketId, { expectedVersion: versions.at(-1) ?? null });
      expect(await store.append(late)).toEqual({ ok: false, because: 'version' });
    }
    expect(new Set(versions).size).toBe(versions.length);
  },

  'goes by the last append’s time to forget': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(6);
    const soon = (await engine.store.ping()).now + 3_000;
    const first = await appended(engine, ticketId, { retainUntil: soon });
    const second = await appended(engine, ticketId, { expectedVersion: first, retainUntil: soon + 60_000 });
    await expect.poll(async () => (await engine.store.load(ticketId)).now, OFTEN).toBeGreaterThan(soon);
    expect((await engine.store.load(ticketId)).version).toBe(second);
  },
};
