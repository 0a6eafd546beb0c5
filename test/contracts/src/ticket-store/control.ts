import type { ControlEntry, ControlVersion, RevocationGuard } from '@admit-one/core';
import { expect } from 'vitest';
import { newEvent, unique } from '../sample-events.ts';
import { addEntry, entryAbout } from './revoke-subject.ts';
import {
  ALL_PARTITIONS,
  appendOf,
  drain,
  queueOf,
  type TicketStoreEngine,
  type TicketStoreTests,
  ticketIn,
} from './subject.ts';

/** What a store enforces by a fence. */
function fence(given: Partial<ControlEntry> = {}): ControlEntry {
  return entryAbout(unique('key:main:'), { kind: 'key', ...given });
}

function logOut(given: Partial<ControlEntry> = {}): ControlEntry {
  return entryAbout(unique('session:main:'), { by: 'session', ...given });
}

/** What comes of the issue of a new ticket in each partition. */
function issueEverywhere(
  engine: TicketStoreEngine,
  given: { readonly [Of in 'guards' | 'fences']?: readonly RevocationGuard[] },
) {
  return Promise.all(
    ALL_PARTITIONS.map(async (partition) =>
      engine.store.append(await appendOf(engine, ticketIn(partition), given)),
    ),
  );
}

function blockedBy(subject: string) {
  return ALL_PARTITIONS.map(() => ({ ok: false, because: 'revoked', subject }));
}

const passed = ALL_PARTITIONS.map(() => expect.objectContaining({ ok: true }));

function eventOf(entry: ControlEntry) {
  return newEvent({ type: 'admit.control.changed', subject: entry.id, data: { ...entry } });
}

export const controlTests: TicketStoreTests = {
  'are lost until they are restored, and then not again': async ({ open }) => {
    const { control } = await open();
    const [first, second] = [fence(), fence()];
    const lost = { name: 'StoreError', code: 'control_lost' };
    await expect(control.changes(null)).rejects.toMatchObject(lost);
    await expect(control.enforce()).rejects.toMatchObject(lost);
    await expect(control.change({ generation: '', number: 0 }, first, eventOf(first))).rejects.toMatchObject(
      lost,
    );
    await control.restore([first]);
    await control.restore([second]);
    expect(await control.changes(null)).toMatchObject({ entries: [first], complete: true });
  },

  'are read from a version on': async ({ open }) => {
    const { control } = await open();
    const [first, second] = [fence(), fence()];
    await addEntry(control, first);
    const { version } = await control.changes(null);
    expect(await control.changes(version)).toMatchObject({ version, entries: [], complete: false });
    await addEntry(control, second);
    expect(await control.changes(version)).toMatchObject({
      version: { generation: version.generation, number: version.number + 1 },
      entries: [second],
      complete: false,
    });
    const ofAnother: ControlVersion = { generation: 'another', number: 99 };
    const all = await control.changes(ofAnother);
    expect(all).toMatchObject({ complete: true });
    expect(all.entries).toEqual([first, second]);
  },

  'are written with their event, or not at all where another change came first': async ({ open }) => {
    const engine = await open();
    const { control } = engine;
    await control.restore([]);
    await drain(engine, 0);
    const { version } = await control.changes(null);
    const [first, second] = [fence(), fence()];
    expect(await control.change(version, first, eventOf(first))).toMatchObject({ ok: true });
    expect(await control.change(version, second, eventOf(second))).toEqual({ ok: false });
    expect((await queueOf(engine, 0)).map(({ subject }) => subject)).toEqual([first.id]);
    expect((await control.changes(null)).entries).toEqual([first]);
  },

  'block in every partition by a fence, as by a marker': async ({ open }) => {
    const engine = await open();
    const entry = fence({ at: 1_000 });
    await addEntry(engine.control, entry);
    const { subject } = entry;
    const fences = (notSince: number) => ({
      fences: [
        { subject: unique('tokens'), notSince: 0 },
        { subject, notSince },
      ],
    });
    expect(await issueEverywhere(engine, fences(1_000))).toEqual(blockedBy(subject));
    expect(await issueEverywhere(engine, fences(1_001))).toEqual(passed);
  },

  'of which some are not the store’s block nothing': async ({ open }) => {
    const engine = await open();
    const entry = entryAbout(unique('edge:'), { kind: 'edge' });
    await addEntry(engine.control, entry);
    const guard = [{ subject: entry.subject, notSince: 0 }];
    expect(await issueEverywhere(engine, { guards: guard, fences: guard })).toEqual(passed);
  },

  'block no longer when they are undone, or have ended': async ({ open }) => {
    const engine = await open();
    const soon = (await engine.store.ping()).now + 100;
    for (const kind of ['session', 'key'] as const) {
      const entry = entryAbout(unique('subject:'), { kind });
      const guards = [{ subject: entry.subject, notSince: 0 }];
      const given = kind === 'session' ? { guards } : { fences: guards };
      await addEntry(engine.control, entry);
      expect(await issueEverywhere(engine, given)).toEqual(blockedBy(entry.subject));
      await addEntry(engine.control, { ...entry, undone: true });
      expect(await issueEverywhere(engine, given)).toEqual(passed);
      await addEntry(engine.control, { ...entry, until: soon });
      await expect.poll(() => issueEverywhere(engine, given)).toEqual(passed);
    }
  },

  'of log-outs leave the list with their time, or for later ones, and block on': async ({ open }) => {
    const engine = await open({ controlBounds: { maxListed: 3, logOutListedMs: 3_600_000 } });
    const { control } = engine;
    const { now } = await engine.store.ping();
    const kept = fence();
    await addEntry(control, kept);
    const old = logOut({ changedAt: now - 3_600_001 });
    const recent = [now - 30, now - 20, now - 10].map((changedAt) => logOut({ changedAt }));
    await addEntry(control, old);
    for (const entry of recent) await addEntry(control, entry);
    const { entries, unlistedUntil } = await control.changes(null);
    expect([entries, unlistedUntil]).toEqual([[kept, recent[1], recent[2]], now - 30]);
    for (const { subject, at } of [old, ...recent]) {
      const guards = [{ subject, notSince: at }];
      expect(await control.isRevoked(guards)).toBe(true);
      expect(await issueEverywhere(engine, { guards })).toEqual(blockedBy(subject));
      expect(await control.isRevoked([{ subject, notSince: at + 1 }])).toBe(false);
    }
  },

  'of log-outs are bounded, apart from those of operators': async ({ open }) => {
    const { control } = await open({ controlBounds: { maxLogOuts: 2, logOutListedMs: 0 } });
    const first = logOut();
    for (const entry of [first, logOut()]) await addEntry(control, entry);
    await expect(addEntry(control, logOut())).rejects.toMatchObject({ code: 'outbox_full' });
    await addEntry(control, { ...first, at: first.at + 1 });
    await addEntry(control, fence());
  },

  'that have ended make room for others': async ({ open }) => {
    const { store, control } = await open({ controlBounds: { maxLogOuts: 1 } });
    await addEntry(control, logOut({ until: (await store.ping()).now + 50 }));
    const later = logOut();
    await expect.poll(() => addEntry(control, later).catch(String)).toBeUndefined();
    expect((await control.changes(null)).entries).toEqual([later]);
  },

  'are restored by one of those that try at once': async ({ open }) => {
    const { control } = await open();
    const tries = [0, 1].map(() => Array.from({ length: 600 }, () => fence()));
    await Promise.all(tries.map((entries) => control.restore(entries)));
    expect(tries).toContainEqual((await control.changes(null)).entries);
  },

  'of log-outs that are not in the list block in the next epoch, after they were restored': async ({
    open,
    openAfterLoss,
  }) => {
    const before = await open();
    await addEntry(before.control, logOut());
    const { now } = await before.store.ping();
    await before.store.close();
    const engine = await openAfterLoss();
    const many = Array.from({ length: 1_100 }, () => logOut({ changedAt: now - 7_200_000 }));
    const recent = logOut({ changedAt: now });
    await engine.control.restore([...many, recent]);
    const { entries, unlistedUntil } = await engine.control.changes(null);
    expect([entries, unlistedUntil]).toEqual([[recent], now - 7_200_000]);
    for (const { subject } of [many[0], many[1_099], recent] as ControlEntry[])
      expect(await issueEverywhere(engine, { guards: [{ subject, notSince: 0 }] })).toEqual(
        blockedBy(subject),
      );
  },

  'block in the next epoch, after they were restored': async ({ open, openAfterLoss }) => {
    const before = await open();
    const [session, key] = [entryAbout(unique('session:main:')), fence()];
    await addEntry(before.control, session);
    await before.store.close();
    const engine = await openAfterLoss();
    const { control } = engine;
    await expect(control.changes(null)).rejects.toMatchObject({ code: 'control_lost' });
    await control.restore([session, key]);
    expect((await control.changes(null)).entries).toEqual([session, key]);
    const guards = [{ subject: session.subject, notSince: 0 }];
    const fences = [{ subject: key.subject, notSince: 0 }];
    expect(await issueEverywhere(engine, { guards })).toEqual(blockedBy(session.subject));
    expect(await issueEverywhere(engine, { fences })).toEqual(blockedBy(key.subject));
    expect(await issueEverywhere(engine, {})).toEqual(passed);
  },
};
