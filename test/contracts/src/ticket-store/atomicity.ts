import type { TicketAppend } from '@admit-one/core';
import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import { revokeSubject } from './revoke-subject.ts';
import {
  appended,
  appendOf,
  drain,
  issuedState,
  queueOf,
  recordOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketEvent,
  ticketIn,
} from './subject.ts';

const partition = 7;

/** Runs an attempt that must fail, and sees that the ticket, the outbox and the numbering are as they were. */
async function expectNothingWritten(
  engine: TicketStoreEngine,
  ticketId: string,
  attempt: () => Promise<void>,
): Promise<void> {
  const { version, state } = await engine.store.load(ticketId);
  const queue = await queueOf(engine, partition);
  await attempt();
  expect(await engine.store.load(ticketId)).toMatchObject({ version, state });
  expect(await queueOf(engine, partition)).toEqual(queue);
  expect((await engine.outbox.level(partition)).events).toBe(queue.length);

  await drain(engine, partition);
  await engine.store.record(recordOf(ticketId));
  const [next] = await queueOf(engine, partition);
  expect(Number(next?.sequence)).toBe(Number(queue.at(-1)?.sequence) + 1);
}

export const atomicityTests: TicketStoreTests = {
  'writes the state and all events of an append': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const events = [1, 2, 3].map(() => ticketEvent(ticketId));
    const state = issuedState();
    await appended(engine, ticketId, { events, state });
    expect((await engine.store.load(ticketId)).state).toEqual(state);
    expect((await queueOf(engine, partition)).slice(-3).map(({ source }) => source)).toEqual(
      events.map(({ source }) => source),
    );
  },

  'writes nothing where the version has changed': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    await appended(engine, ticketId);
    await expectNothingWritten(engine, ticketId, async () => {
      expect(await engine.store.append(await appendOf(engine, ticketId))).toMatchObject({ ok: false });
    });
  },

  'writes nothing where a revocation stands against it': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const expectedVersion = await appended(engine, ticketId);
    const marker = unique('session:main:');
    await revokeSubject(engine.control, marker, 1_750_000_000, (await engine.store.ping()).now + 60_000);
    const guards = [{ subject: marker, notSince: 1_750_000_000 }];
    await expectNothingWritten(engine, ticketId, async () => {
      const append = await appendOf(engine, ticketId, { expectedVersion, guards });
      expect(await engine.store.append(append)).toMatchObject({ ok: false });
    });
  },

  'gives each of many appends at once its own outcome, and writes those that succeed': async ({ open }) => {
    const engine = await open();
    const known = ticketIn(partition);
    const expectedVersion = await appended(engine, known);
    const marker = unique('session:main:');
    await revokeSubject(engine.control, marker, 1_750_000_000, (await engine.store.ping()).now + 60_000);
    const guards = [{ subject: marker, notSince: 1_750_000_000 }];
    await drain(engine, partition);
    const append = (ticketId: string, given: Partial<TicketAppend> = {}) =>
      appendOf(engine, ticketId, { events: [ticketEvent(ticketId), ticketEvent(ticketId)], ...given });
    const twice = ticketIn(partition);
    const appends = await Promise.all([
      append(ticketIn(partition)),
      append(known),
      append(ticketIn(partition + 1)),
      append(known, { expectedVersion, guards }),
      append(twice),
      append(twice),
      append(known, { expectedVersion }),
    ]);
    const results = await Promise.all(appends.map((one) => engine.store.append(one)));

    const conflict = { ok: false, because: 'version' };
    const revoked = { ok: false, because: 'revoked', subject: marker };
    const ok = expect.objectContaining({ ok: true });
    expect(results).toEqual([ok, conflict, ok, revoked, ok, conflict, ok]);
    const written = [0, 4, 6].flatMap((n) => appends[n]?.events ?? []);
    const queue = await queueOf(engine, partition);
    expect(queue.map(({ source }) => source)).toEqual(written.map(({ source }) => source));
    const first = Number(queue[0]?.sequence);
    expect(queue.map(({ sequence }) => Number(sequence))).toEqual(written.map((_, n) => first + n));
  },

  'writes nothing where the outbox is full': async ({ open }) => {
    const engine = await open({ softBound: 3, hardBound: 3 });
    const ticketId = ticketIn(partition);
    await drain(engine, partition);
    const expectedVersion = await appended(engine, ticketId, {
      events: [1, 2, 3].map(() => ticketEvent(ticketId)),
    });
    await expectNothingWritten(engine, ticketId, async () => {
      const append = await appendOf(engine, ticketId, { expectedVersion });
      await expect(engine.store.append(append)).rejects.toMatchObject({ code: 'outbox_full' });
      const existing = { ...append, work: 'existing' } as const;
      await expect(engine.store.append(existing)).rejects.toMatchObject({ code: 'outbox_full' });
    });
  },

  'writes nothing where one event is above 16 KiB': async ({ open }) => {
    const engine = await open();
    for (const text of ['x'.repeat(16 * 1024), '漢'.repeat(6_000), '\u0001'.repeat(3_000)]) {
      const ticketId = ticketIn(partition);
      const tooLarge = ticketEvent(ticketId, { data: { text } });
      const events = [ticketEvent(ticketId), tooLarge];
      await expectNothingWritten(engine, ticketId, async () => {
        await expect(engine.store.append(await appendOf(engine, ticketId, { events }))).rejects.toThrow(
          RangeError,
        );
        await expect(engine.store.record(recordOf(ticketId, { event: tooLarge }))).rejects.toThrow(
          RangeError,
        );
      });
    }
  },

  'takes an event just below 16 KiB': async ({ open }) => {
    const engine = await open();
    const ticketId = ticketIn(partition);
    const data = { text: 'x'.repeat(15 * 1024) };
    await appended(engine, ticketId, { events: [ticketEvent(ticketId, { data })] });
    expect((await queueOf(engine, partition)).at(-1)?.data).toEqual(data);
  },
};
