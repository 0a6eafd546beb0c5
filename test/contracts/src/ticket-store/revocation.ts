import type { RevocationGuard } from '@admit-one/core';
import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import { OFTEN } from '../waiting.ts';
import { revokeSubject } from './revoke-subject.ts';
import {
  ALL_PARTITIONS,
  appendOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketIn,
  untilStoreTime,
} from './subject.ts';

async function mark({ store, control }: TicketStoreEngine, marker: string, at: number): Promise<void> {
  await revokeSubject(control, marker, at, (await store.ping()).now + 60_000);
}

/** What comes of the issue of a new ticket under guards. */
async function issue(engine: TicketStoreEngine, partition: number, ...guards: readonly RevocationGuard[]) {
  return engine.store.append(await appendOf(engine, ticketIn(partition), { guards }));
}

export const revocationTests: TicketStoreTests = {
  'is passed by guards whose marker was not set': async ({ open }) => {
    const engine = await open();
    await mark(engine, unique('session:main:'), 1_000);
    expect(await issue(engine, 0, { subject: unique('session:main:'), notSince: 1_000 })).toMatchObject({
      ok: true,
    });
  },

  'blocks where the marker was set at the guard’s time or later': async ({ open }) => {
    const engine = await open();
    const marker = unique('session:main:');
    await mark(engine, marker, 1_000);
    for (const notSince of [0, 999, 1_000])
      expect(await issue(engine, 1, { subject: marker, notSince })).toEqual({
        ok: false,
        because: 'revoked',
        subject: marker,
      });
    for (const notSince of [1_001, 1_750_000_000])
      expect(await issue(engine, 1, { subject: marker, notSince })).toMatchObject({ ok: true });
  },

  'names the marker that blocks, among several guards': async ({ open }) => {
    const engine = await open();
    const [session, user] = [unique('session:main:'), unique('user:main:')];
    await mark(engine, user, 1_000);
    const guards = [session, user].map((subject) => ({ subject, notSince: 900 }));
    expect(await issue(engine, 2, ...guards)).toEqual({ ok: false, because: 'revoked', subject: user });
  },

  'reaches every partition': async ({ open }) => {
    const engine = await open();
    const marker = unique('user:main:');
    await mark(engine, marker, 1_000);
    const results = await Promise.all(
      ALL_PARTITIONS.map((partition) => issue(engine, partition, { subject: marker, notSince: 1_000 })),
    );
    expect(results).toEqual(ALL_PARTITIONS.map(() => ({ ok: false, because: 'revoked', subject: marker })));
  },

  'keeps the later of two marks, in whichever order they come': async ({ open }) => {
    const engine = await open();
    for (const times of [
      [1_000, 2_000],
      [2_000, 1_000],
    ] as const) {
      const marker = unique('session:main:');
      for (const at of times) await mark(engine, marker, at);
      expect(await issue(engine, 3, { subject: marker, notSince: 1_500 })).toMatchObject({
        because: 'revoked',
      });
      expect(await issue(engine, 3, { subject: marker, notSince: 2_001 })).toMatchObject({ ok: true });
    }
  },

  'outlasts an earlier mark that is forgotten sooner': async ({ open }) => {
    const engine = await open();
    const marker = unique('session:main:');
    await mark(engine, marker, 2_000);
    const soon = (await engine.store.ping()).now + 50;
    await revokeSubject(engine.control, marker, 1_000, soon);
    await untilStoreTime(engine, soon);
    expect(await issue(engine, 3, { subject: marker, notSince: 1_500 })).toMatchObject({
      because: 'revoked',
    });
  },

  'ends when the marker is forgotten': async ({ open }) => {
    const engine = await open();
    const marker = unique('session:main:');
    const retainUntil = (await engine.store.ping()).now + 50;
    await revokeSubject(engine.control, marker, 1_000, retainUntil);
    await expect
      .poll(async () => (await issue(engine, 4, { subject: marker, notSince: 1_000 })).ok, OFTEN)
      .toBe(true);
    expect((await engine.store.ping()).now).toBeGreaterThanOrEqual(retainUntil);
  },

  'takes any characters in a marker literally': async ({ open }) => {
    const engine = await open();
    const marker = `${unique('user:main:')} {p00} * ? [a-z] \\ "ü漢🎟" \u0000`;
    await mark(engine, marker, 1_000);
    expect(await issue(engine, 5, { subject: marker, notSince: 1_000 })).toEqual({
      ok: false,
      because: 'revoked',
      subject: marker,
    });
    expect(await issue(engine, 5, { subject: `${marker}x`, notSince: 1_000 })).toMatchObject({ ok: true });
  },
};
