import { type EventRecord, partitionOf, type StoreError } from '@admit-one/core';
import { decode, newEvent } from '@admit-one/port-contracts';
import {
  type FaultProxy,
  missingEngines,
  type RedisEngine,
  startFaultProxy,
  startRedis,
} from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRedisStore, type RedisStoreOptions } from './open-redis-store.ts';
import { openForTest, PATIENT, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');
const unavailable = { name: 'StoreError', code: 'unavailable' };
const TIMED_OUT = expect.stringContaining('Command timed out');
/** The driver itself would wait for two seconds. */
const CLOSED_MS = 1_900;

describe.skipIf(missing)(`a Redis that does not answer${missing ? `, skipped: ${missing}` : ''}`, () => {
  let redis: RedisEngine;
  let link: FaultProxy;
  beforeEach(async () => {
    redis = await startRedis();
    link = await startFaultProxy(redis);
  });
  afterEach(async () => {
    await link?.close();
    await redis?.stop();
  });

  const open = (more: Partial<RedisStoreOptions> = {}) =>
    openForTest({ url: link.url(redis.url), commandTimeoutMs: 2_000, ...more });

  async function msUntil(settled: Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    await settled.catch(() => {});
    return performance.now() - startedAt;
  }

  function rejectionOf(ticketId: string, key: string): EventRecord {
    const event = newEvent({ source: key, type: 'admit.ticket.rejected', subject: ticketId });
    return { ticketId, key, event, work: 'rejection' };
  }

  it('has run an append once whose reply was lost; a repeat fails on its version', async () => {
    const { store, outbox } = await open();
    const life = ticketLife();
    const partition = partitionOf(life.ticketId);
    const { now } = await store.load(life.ticketId);
    await life.issue(store);
    const { version, state } = await store.load(life.ticketId);
    const event = newEvent({
      source: 'lost',
      type: 'admit.ticket.reserved',
      subject: life.ticketId,
      time: now,
    });
    const append = {
      ticketId: life.ticketId,
      expectedVersion: version,
      events: [event],
      state,
      retainUntil: now + 600_000,
      guards: [],
      fences: [],
      work: 'existing',
    } as const;

    link.dropTowardsClient();
    await expect(store.append(append)).rejects.toMatchObject(unavailable);
    await link.heal();
    await expect
      .poll(() => store.append(append).catch(() => null))
      .toEqual({ ok: false, because: 'version' });
    const sources = (await outbox.head(partition, 10)).map((event) => decode(event).source);
    expect(sources.filter((source) => source === 'lost')).toHaveLength(1);
  });

  it('has recorded once what is recorded again after a lost reply', async () => {
    const { store, outbox } = await open();
    const { ticketId } = ticketLife();
    await store.record(rejectionOf(ticketId, 'first'));

    link.dropTowardsClient();
    await expect(store.record(rejectionOf(ticketId, 'lost'))).rejects.toMatchObject(unavailable);
    await link.heal();
    await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();
    expect(await runsOfRecord()).toBe(2);
    await store.record(rejectionOf(ticketId, 'lost'));
    const sources = (await outbox.head(partitionOf(ticketId), 10)).map((event) => decode(event).source);
    expect(sources).toEqual([expect.anything(), 'first', 'lost']);
  });

  /** `EXISTS` is what only that script asks. */
  async function runsOfRecord(): Promise<number> {
    const [, calls] = /^cmdstat_exists:calls=(\d+)/m.exec(await redis.command('INFO', 'commandstats')) ?? [];
    return Number(calls ?? 0);
  }

  it.each([
    ['a server that stands still', () => redis.pause(), () => redis.resume()],
    ['a half-open link', async () => link.dropTowardsServer(), () => link.heal()],
  ])('fails within the timeout on %s, and recovers by itself at its return', async (_, silence, end) => {
    const onUnreachable = vi.fn<(error: StoreError) => void>();
    const { store, outbox, control } = await open({ onUnreachable });
    const life = ticketLife();
    await life.issue(store);

    await silence();
    // The connection is closed only later.
    await expect(life.admit(store)).rejects.toMatchObject({ ...unavailable, message: TIMED_OUT });
    for (const call of [() => outbox.head(0, 1), () => control.changes(null)])
      await expect(call()).rejects.toMatchObject(unavailable);
    await expect.poll(() => msUntil(store.ping())).toBeLessThan(50);
    await expect.poll(() => onUnreachable.mock.calls.length).toBe(1);

    await end();
    const recovered = expect.poll(() => life.admit(store).catch(() => null));
    await recovered.toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
  });

  it('is rejected at once while it is down, told of once, and taken back by itself', async () => {
    const onUnreachable = vi.fn<(error: StoreError) => void>();
    const onReachable = vi.fn();
    const { store } = await open({ onUnreachable, onReachable });
    expect(onReachable).toHaveBeenCalledTimes(1);
    await redis.kill();
    await expect.poll(() => onUnreachable.mock.calls.length).toBe(1);
    const hundred = async () => {
      for (let call = 0; call < 100; call += 1) await expect(store.ping()).rejects.toMatchObject(unavailable);
    };
    // A twentieth of what their timeouts take.
    expect(await msUntil(hundred())).toBeLessThan(10_000);
    await redis.start();
    await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();
    expect(onUnreachable).toHaveBeenCalledTimes(1);
    await expect.poll(() => onReachable.mock.calls.length).toBe(2);
  });

  it('may come up after the store', async () => {
    await redis.kill();
    const { store, outbox } = await openRedisStore({ url: link.url(redis.url), source: 'test', ...PATIENT });
    onTestFinished(() => store.close());
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    await redis.start();
    await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();
    expect(await ticketLife().issue(store)).toMatchObject({ kind: 'accepted' });
    for (let partition = 0; partition < 16; partition += 1)
      await expect.poll(async () => (await outbox.level(partition)).events).toBeGreaterThan(0);
  });

  it('lets its store be closed, be it away or silent', async () => {
    const silent = await open({ commandTimeoutMs: 300 });
    await redis.pause();
    expect(await msUntil(silent.store.close())).toBeLessThan(CLOSED_MS);
    await redis.resume();

    const away = await open();
    await redis.kill();
    await expect.poll(() => msUntil(away.store.ping())).toBeLessThan(50);
    expect(await msUntil(away.store.close())).toBeLessThan(CLOSED_MS);
  });
});
