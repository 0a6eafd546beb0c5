import {
  type ControlStore,
  type EpochEnd,
  partitionName,
  partitionOf,
  sessionSubject,
} from '@admit-one/core';
import { addEntry, decode, entryAbout } from '@admit-one/port-contracts';
import { missingEngines, type RedisEngine, startRedis } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectClient } from './client/client.ts';
import { parseRedisUrl } from './client/redis-url.ts';
import { HOME } from './control-enforcement.ts';
import type { RedisStore } from './open-redis-store.ts';
import { createStoreCore } from './store-core.ts';
import { openForTest, type TicketLife, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`a Redis that has lost writes${missing ? `, skipped: ${missing}` : ''}`, () => {
  let redis: RedisEngine;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis?.stop());

  const open = (source = 'test') => openForTest({ url: redis.url, source });

  /** Waits until a store that was open all along is in touch again. */
  async function inTouch({ store }: RedisStore): Promise<void> {
    await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();
  }

  /** A ticket was used; then Redis is back from a copy of its data in which it was not. */
  async function restartFromBeforeTheAdmission(life: TicketLife): Promise<void> {
    const { store } = await open();
    await life.issue(store);
    await redis.copyData();
    expect(await life.admit(store)).toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
    await store.close();
    await redis.kill();
    await redis.restoreData();
    await redis.start();
    const issued = await redis.command(
      'GET',
      `{${partitionName(partitionOf(life.ticketId))}}:ticket:${life.ticketId}`,
    );
    expect(issued).toContain('"status":"issued"');
  }

  it('knows no ticket of an older copy of its data', async () => {
    const life = ticketLife();
    await restartFromBeforeTheAdmission(life);
    const { store } = await open();
    expect(await life.admit(store)).toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
  });

  it('would admit twice without the fence', async () => {
    const life = ticketLife();
    await restartFromBeforeTheAdmission(life);
    await pretendNothingHappened(life.ticketId);
    const { store } = await open();
    expect(await life.admit(store)).toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
  });

  /** Forges the epoch: as if it had been begun on the server that runs now. */
  async function pretendNothingHappened(ticketId: string): Promise<void> {
    const info = (await redis.command('INFO', 'server')) + (await redis.command('INFO', 'replication'));
    const [, runId] = /^run_id:(\w+)/m.exec(info) as unknown as [string, string];
    const [, replid] = /^master_replid:(\w+)/m.exec(info) as unknown as [string, string];
    await redis.command('HSET', `{${partitionName(partitionOf(ticketId))}}:epoch`, 'server', runId + replid);
  }

  it('announces where the older copy ended, behind the events that it still has', async () => {
    const life = ticketLife();
    await restartFromBeforeTheAdmission(life);
    const { outbox } = await open('after');
    const queue = await outbox.head(partitionOf(life.ticketId), 10);
    const [started, issued, startedAnew, ...more] = queue.map(decode);
    expect(more).toEqual([]);
    expect(started?.data).toEqual({ previousEpoch: null, lastSequence: 0 });
    expect(issued).toMatchObject({ type: 'admit.ticket.issued', sequence: '0000000000000002' });
    expect(startedAnew).toMatchObject({
      type: 'admit.store.started',
      source: 'after',
      sequence: '0000000000000001',
      data: { previousEpoch: issued?.partitionkey.slice('pNN.'.length), lastSequence: 2 },
    });
    expect(Math.abs(Date.parse(startedAnew?.time ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('removes what is left of two epochs, however far the relay has read', async () => {
    const life = ticketLife();
    await restartFromBeforeTheAdmission(life);
    const { store, outbox } = await open();
    const partition = partitionOf(life.ticketId);
    await life.admit(store);
    const queue = await outbox.head(partition, 10);
    expect(queue.map(({ sequence }) => Number(sequence))).toEqual([1, 2, 1, 2]);
    await outbox.remove(partition, queue[0]!);
    expect(await outbox.head(partition, 10)).toEqual(queue.slice(1));
    await outbox.remove(partition, queue[2]!);
    expect(await outbox.head(partition, 10)).toEqual(queue.slice(3));
    await outbox.remove(partition, queue[1]!);
    expect(await outbox.head(partition, 10)).toEqual(queue.slice(3));
  });

  it('starts empty: a store that stays open goes on in a new epoch', async () => {
    const opened = await open();
    const { store, outbox } = opened;
    const life = ticketLife();
    const partition = partitionOf(life.ticketId);
    await life.issue(store);
    const [before] = await outbox.head(partition, 1);

    await redis.kill();
    await redis.start();
    await inTouch(opened);
    expect(await life.admit(store)).toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
    const [started, rejected] = await outbox.head(partition, 10);
    expect(started).toMatchObject({ type: 'admit.store.started', sequence: '0000000000000001' });
    expect(started?.partitionkey).not.toBe(before?.partitionkey);
    expect(rejected).toMatchObject({ type: 'admit.ticket.rejected', sequence: '0000000000000002' });
  });

  it('starts empty: each process tells how far it knows that each ended epoch had come', async () => {
    const [writer, reader] = [await open('writer'), await open('reader')];
    const ends = { writer: [] as EpochEnd[], reader: [] as EpochEnd[] };
    writer.outbox.onEpochEnd((end) => ends.writer.push(end));
    reader.outbox.onEpochEnd((end) => ends.reader.push(end));
    const life = ticketLife();
    const partition = partitionOf(life.ticketId);
    const idle = (partition + 1) % 16;
    await reader.outbox.lease(partition, 'reader', 1);
    await reader.outbox.lease(idle, 'reader', 1);
    await life.issue(writer.store);
    await life.admit(writer.store);
    const epoch = (await writer.outbox.head(partition, 1))[0]?.partitionkey;

    await redis.kill();
    await redis.start();
    await Promise.all([writer, reader].map(inTouch));
    expect(await life.admit(writer.store)).toMatchObject({ kind: 'rejected' });
    await reader.outbox.lease(partition, 'reader', 1);
    await reader.outbox.lease(idle, 'reader', 1);
    expect(ends.writer).toEqual([{ partitionkey: epoch, lastSequence: 4 }]);
    expect(ends.reader).toEqual([
      { partitionkey: epoch, lastSequence: 1 },
      { partitionkey: expect.stringMatching(`^${partitionName(idle)}\\.`), lastSequence: 1 },
    ]);
  });

  it('begins one epoch, however many find out at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, (_, n) => open(`instance-${n}`)));
    await redis.kill();
    await redis.start();
    await Promise.all(stores.map(inTouch));
    const [{ outbox }] = stores as [RedisStore];
    for (let partition = 0; partition < 16; partition += 1) {
      await expect.poll(async () => (await outbox.level(partition)).events).toBe(1);
    }
    const keys = await Promise.all(
      stores.map(async (store) => (await store.outbox.head(3, 2)).map(({ partitionkey }) => partitionkey)),
    );
    expect(new Set(keys.flat()).size).toBe(1);
  });

  it('forgets its scripts without anyone’s notice', async () => {
    const { store } = await open();
    const life = ticketLife();
    await life.issue(store);
    await redis.command('SCRIPT', 'FLUSH');
    expect(await life.admit(store)).toMatchObject({ kind: 'accepted' });
  });

  /** A ticket of another partition than the one that the control entries are in. */
  function lifeBesideControl(): TicketLife {
    const life = ticketLife();
    return partitionOf(life.ticketId) === HOME ? lifeBesideControl() : life;
  }

  it('enforces log-outs that have left the list in a partition that is lost alone', async () => {
    const life = lifeBesideControl();
    const partition = `{${partitionName(partitionOf(life.ticketId))}}`;
    const subject = sessionSubject('main', 'session');
    const { store, control } = await open();
    await addEntry(control, entryAbout(subject, { by: 'session', changedAt: 1 }));
    await addEntry(control, entryAbout(sessionSubject('main', 'another'), { by: 'session' }));
    expect((await control.changes(null)).unlistedUntil).toBeGreaterThan(0);
    await redis.command('DEL', `${partition}:epoch`, `${partition}:revoked:${subject}`);
    expect(await life.issue(store)).toMatchObject({ kind: 'rejected', reason: 'session_revoked' });
  });

  it('takes no append where enforcing ended between two pages of entries', async () => {
    const { store, control } = await open();
    const [first, second] = [sessionSubject('main', 'another'), sessionSubject('main', 'session')];
    await control.restore([entryAbout(first), entryAbout(second)]);
    const { generation } = (await control.changes(null)).version;
    const client = connectClient(parseRedisUrl(redis.url), 5_000);
    const engine = createStoreCore({ client, source: 'test', bounds: { softBound: 10, hardBound: 10 } });
    onTestFinished(() => engine.close());
    await expect.poll(() => client.status).toBe('ready');
    const life = ticketLife();
    await engine.runInEpoch(partitionOf(life.ticketId), {
      script: 'controlEnforce',
      keys: (of) => [of.revoked(first)],
      args: ['', `${generation}.1`, '', 1, Date.now() + 60_000],
    });
    expect(await life.issue(store)).toMatchObject({ kind: 'rejected', reason: 'session_revoked' });
  });

  it.each<[string, (control: ControlStore) => Promise<void>]>([
    ['enforcing all', (control) => control.enforce()],
    ['another change', (control) => addEntry(control, entryAbout(sessionSubject('main', 'another')))],
  ])('has a change completed that failed in one partition, by %s', async (_, complete) => {
    const life = lifeBesideControl();
    const epoch = `{${partitionName(partitionOf(life.ticketId))}}:epoch`;
    const { store, control } = await open();
    await addEntry(control, entryAbout(sessionSubject('main', 'earlier')));
    await redis.command('RENAME', epoch, `${epoch}:aside`);
    await redis.command('SET', epoch, 'not an epoch');
    const revocation = addEntry(control, entryAbout(sessionSubject('main', 'session')));
    await expect(revocation).rejects.toMatchObject({ code: 'unavailable' });
    await redis.command('RENAME', `${epoch}:aside`, epoch);
    await complete(control);
    expect(await life.issue(store)).toMatchObject({ kind: 'rejected', reason: 'session_revoked' });
  });
});
