import { setTimeout as elapse } from 'node:timers/promises';
import { PARTITIONS } from '@admit-one/core';
import { eventually, type FaultProxy, startFaultProxy, startRedisSentinel } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { events } from '../stack/audit-log.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { issueTicket } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import {
  codesOf,
  expectAdmissions,
  expectRejection,
  expectRejections,
  expectSound,
  fastestOf,
  outages,
} from './soundness.ts';
import { isLetInAgain, keepVisiting } from './visits.ts';

/** What a visitor may be told while the store is away, and nothing else. */
const AWAY = ['REDIS_UNAVAILABLE'];

describeFaults('Redis with an append-only file', () => {
  let stack: ServicesStack;
  let proxy: FaultProxy;

  beforeAll(async () => {
    stack = await startServices({
      redis: { appendonly: 'yes', appendfsync: 'always' },
      variables: { REDIS_COMMAND_TIMEOUT_MS: '300' },
      async redisUrl(engine) {
        proxy = await startFaultProxy(engine);
        return proxy.url(engine.url);
      },
    });
  });
  afterAll(async () => {
    await stack?.stop();
    await proxy?.close();
  });

  test.each(outages([1], [5, 40]))(
    'stopped for %s s: rejected within 500 ms, back within 2 s',
    async (seconds) => {
      const { redis } = stack.engines;
      const visits = keepVisiting(stack);
      await expectAdmissions(visits, { withinMs: 5_000 });

      await redis.pause();
      onTestFinished(() => redis.resume());
      const rejections = await expectRejections(visits, 5);
      expect(rejections).toContainEqual(
        expect.objectContaining({ step: 'ticket', status: 503, code: 'REDIS_UNAVAILABLE' }),
      );
      const fastest = async () => fastestOf(await expectRejections(visits, 5));
      await eventually(async () => expect(await fastest()).toBeLessThan(500), { what: 'a fast rejection' });
      await elapse(seconds * 1000);
      await redis.resume();

      await expectAdmissions(visits, { withinMs: 2_000 });
      const made = await visits.stop();
      expect(made.filter(({ kind }) => kind === 'broken')).toEqual([]);
      expect(codesOf(made)).toEqual(AWAY);
      await expectSound(stack, made);
    },
  );

  test('out of memory: rejected, nothing half-written, and back when there is room', async () => {
    const { redis } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });

    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await expectRejection(stack)).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
    await expectRejections(visits);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await expectAdmissions(visits, { withinMs: 2_000 });
    const made = await visits.stop();
    expect(codesOf(made)).toEqual(AWAY);
    await expectSound(stack, made);
  });

  test('whose replies are lost: nobody gets in twice, and everybody gets in again afterwards', async () => {
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    proxy.dropTowardsClient();
    expect(await expectRejection(stack)).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
    await proxy.heal();
    await expectAdmissions(visits, { withinMs: 5_000 });
    await expectSound(stack, await visits.stop());
  });

  test('killed and restarted with all that it had acknowledged on disk: every admission is told', async () => {
    const { redis } = stack.engines;
    const visits = keepVisiting(stack);
    for (let life = 0; life < 3; life += 1) {
      await expectAdmissions(visits, { withinMs: 5_000 });
      await redis.kill();
      await redis.start();
    }
    await expectAdmissions(visits, { withinMs: 5_000 });
    await expectSound(stack, await visits.stop());
    const announced = async () =>
      (await events(stack, { type: 'admit.store.started' })).filter(
        ({ data }) => data.previousEpoch !== null,
      );
    const partitions = async () =>
      new Set((await announced()).map(({ partitionkey }) => partitionkey.slice(0, 3))).size;
    await expect.poll(partitions).toBe(PARTITIONS);
    for (const { data } of await announced()) expect(data.lastSequence).toBeGreaterThanOrEqual(1);
  });
});

describeFaults('Redis without persistence', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  test('killed and restarted empty: its tickets are unknown, its new epoch is told, nobody gets in twice', async () => {
    const { redis } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    const { ticket, ticketId } = await issueTicket(stack);

    await redis.kill();
    const outboxLostAt = Date.now();
    await redis.start();
    await expectAdmissions(visits, { withinMs: 5_000 });
    const rejections = async () => {
      // The first may still meet a Redis that is starting.
      expect(await isLetInAgain(stack, ticket)).toBe(false);
      return (await events(stack, { ticket: ticketId, type: 'admit.ticket.rejected' })).length;
    };
    await expect.poll(rejections).toBeGreaterThan(0);
    const epochs = async () => {
      const started = await events(stack, { type: 'admit.store.started' });
      return new Set(started.map(({ partitionkey }) => partitionkey)).size;
    };
    await expect.poll(epochs).toBe(2 * PARTITIONS);
    await expectSound(stack, await visits.stop(), { outboxLostAt });
  });

  test('killed and restarted from an older copy of its data: what was consumed since lets nobody in', async () => {
    const { redis } = stack.engines;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    const { ticket } = await issueTicket(stack);
    await redis.copyData();
    expect(await isLetInAgain(stack, ticket)).toBe(true);

    await redis.kill();
    await redis.restoreData();
    await redis.start();
    await expectAdmissions(visits, { withinMs: 5_000 });
    expect(await isLetInAgain(stack, ticket)).toBe(false);
    await visits.stop();
  });
});

describeFaults('Redis', () => {
  test('whose master dies under sentinels: a replica takes over, and nobody gets in twice', async () => {
    const { sentinels, name, master, stop } = await startRedisSentinel({
      config: { 'maxmemory-policy': 'noeviction' },
    });
    onTestFinished(stop);
    const hosts = sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    const stack = await startServices({ redisUrl: async () => `redis-sentinel://${hosts}/${name}` });
    onTestFinished(() => stack.stop());
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await (await master()).kill();
    const outboxLostAt = Date.now();
    expect(await expectRejection(stack)).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
    await expectAdmissions(visits, { withinMs: 20_000 });
    await expectSound(stack, await visits.stop(), { outboxLostAt });
  });
});
