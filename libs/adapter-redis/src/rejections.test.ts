import { type Diagnostic, type EventRecord, partitionOf, type StoreError } from '@admit-one/core';
import { newEvent } from '@admit-one/port-contracts';
import { missingEngines, type RedisEngine, startRedis } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedisStoreOptions } from './open-redis-store.ts';
import { openForTest, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`a Redis that takes no writes${missing ? `, skipped: ${missing}` : ''}`, () => {
  let redis: RedisEngine;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis?.stop());

  const open = (more: Partial<RedisStoreOptions> = {}) => openForTest({ url: redis.url, ...more });

  it('rejects when out of memory, writes no half, and lets the outbox be drained', async () => {
    const { store, outbox, control } = await open();
    const life = ticketLife();
    const partition = partitionOf(life.ticketId);
    await life.issue(store);
    const queue = await outbox.head(partition, 10);
    const { version } = await store.load(life.ticketId);

    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    await expect(life.admit(store)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('OOM'),
    });
    await expect(store.record(rejectionOf(life.ticketId))).rejects.toThrow('OOM');
    await expect(control.restore([])).rejects.toThrow('OOM');
    expect(await outbox.head(partition, 10)).toEqual(queue);
    expect((await store.load(life.ticketId)).version).toBe(version);

    expect(await outbox.lease(partition, 'relay', 60_000)).toBe(true);
    await outbox.remove(partition, queue[0]!);
    expect(await outbox.head(partition, 10)).toEqual(queue.slice(1));
    await outbox.unlease(partition, 'relay');

    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await life.admit(store)).toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
  });

  function rejectionOf(ticketId: string): EventRecord {
    const event = newEvent({ type: 'admit.ticket.rejected', subject: ticketId });
    return { ticketId, key: 'key', event, work: 'rejection' };
  }

  it('is left for the next connection when it has become a replica', async () => {
    const { store } = await open();
    const life = ticketLife();
    await life.issue(store);
    const id = await redis.command('CLIENT', 'LIST', 'TYPE', 'normal');

    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await expect(life.admit(store)).rejects.toMatchObject({ code: 'unavailable' });
    await expect.poll(() => redis.command('CLIENT', 'LIST', 'TYPE', 'normal')).not.toContain(firstIdOf(id));
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();
    expect(await life.admit(store)).toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
  });

  function firstIdOf(clients: string): string {
    return / addr=\S+/.exec(clients)?.[0] ?? '';
  }

  it('tells of a policy that would drop tickets, each time it connects', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
    const onDiagnostic = vi.fn<(diagnostic: Diagnostic) => void>();
    await open({ onDiagnostic });
    await expect.poll(() => onDiagnostic.mock.calls.length).toBe(1);
    expect(onDiagnostic).toHaveBeenLastCalledWith({
      level: 'error',
      message: expect.stringContaining('volatile-ttl'),
      remedy: expect.stringContaining('noeviction'),
    });
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await expect.poll(() => onDiagnostic.mock.calls.length).toBe(2);
  });

  it('says nothing of a policy that is as it should be', async () => {
    const onDiagnostic = vi.fn<(diagnostic: Diagnostic) => void>();
    const { store } = await open({ onDiagnostic });
    await store.ping();
    expect(onDiagnostic).not.toHaveBeenCalled();
  });

  it('never tells its driver’s arguments in an error', async () => {
    const { store } = await open();
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    const error: StoreError = await ticketLife()
      .issue(store)
      .then(
        () => undefined as never,
        (thrown) => thrown,
      );
    expect(error.cause).toBeUndefined();
    expect(JSON.stringify(Object.getOwnPropertyDescriptors(error))).not.toContain('tokenIssuedAt');
  });
});
