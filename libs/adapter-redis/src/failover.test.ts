import { partitionName, partitionOf, type TicketStore } from '@admit-one/core';
import {
  eventually,
  missingEngines,
  type RedisEngine,
  type RedisSentinelGroup,
  startRedis,
  startRedisSentinel,
} from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectClient, disconnectClient } from './client/client.ts';
import { parseRedisUrl } from './client/redis-url.ts';
import { openForTest, type TicketLife, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`a failover of Redis${missing ? `, skipped: ${missing}` : ''}`, () => {
  async function issued(life: TicketLife, store: TicketStore): Promise<void> {
    expect(await life.issue(store)).toMatchObject({ kind: 'accepted' });
  }

  async function statusAt(redis: RedisEngine, { ticketId }: TicketLife): Promise<string | undefined> {
    const stored = await redis.command('GET', `{${partitionName(partitionOf(ticketId))}}:ticket:${ticketId}`);
    return /"status":"(\w+)"/.exec(stored)?.[1];
  }

  it('by Sentinels is followed, and admits nobody twice where the replica lacks the admission', async () => {
    const group = await startRedisSentinel();
    onTestFinished(() => group.stop());
    const { store, outbox } = await openForTest({ url: urlOf(group) });
    const life = ticketLife();
    await issued(life, store);

    const before = await group.master();
    const replica = group.nodes.find((node) => node !== before)!;
    await expect.poll(() => statusAt(replica, life)).toBe('issued');
    await replica.pause();
    await before.command('CLIENT', 'KILL', 'TYPE', 'replica');
    expect(await life.admit(store)).toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
    await before.kill();
    await replica.resume();
    await eventually(async () => (await group.master()) === replica, {
      what: 'the failover',
    });
    expect(await statusAt(replica, life)).toBe('issued');

    const outcome = expect.poll(() => life.admit(store).catch(() => null));
    await outcome.toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
    const types = (await outbox.head(partitionOf(life.ticketId), 10)).map(({ type }) => type);
    expect(types).toEqual([
      'admit.store.started',
      'admit.ticket.issued',
      'admit.store.started',
      'admit.ticket.rejected',
    ]);
  });

  it('that Sentinels announce while the client connects is followed too', async () => {
    const group = await startRedisSentinel();
    onTestFinished(() => group.stop());
    const client = connectClient(parseRedisUrl(urlOf(group)), 500);
    onTestFinished(() => disconnectClient(client));
    client.on('error', () => {});
    const ended = new Promise((resolve) => client.once('end', resolve));
    const announceFailover = () =>
      (client as unknown as { connector: { disconnect(): void } }).connector.disconnect();
    client.once('connecting', announceFailover);
    await ended;
    await expect.poll(() => client.status).toBe('ready');
  });

  function urlOf({ sentinels, name }: RedisSentinelGroup): string {
    return `redis-sentinel://${sentinels.map(({ host, port }) => `${host}:${port}`).join()}/${name}`;
  }

  it('there and back, which nobody was there to see, is noticed on the server that it came back to', async () => {
    const [first, second] = await Promise.all([startRedis(), startRedis()]);
    onTestFinished(async () => {
      await Promise.all([first.stop(), second.stop()]);
    });
    await second.command('REPLICAOF', first.host, `${first.port}`);
    await expect.poll(() => second.command('INFO', 'replication')).toContain('master_link_status:up');
    const { store } = await openForTest({ url: first.url });
    const life = ticketLife();
    await issued(life, store);
    await expect.poll(() => statusAt(second, life)).toBe('issued');

    await second.command('REPLICAOF', 'NO', 'ONE');
    expect(await life.admit(store)).toMatchObject({ kind: 'accepted', state: { status: 'consumed' } });
    await store.close();
    await first.command('REPLICAOF', second.host, `${second.port}`);
    await expect.poll(() => statusAt(first, life)).toBe('issued');
    await first.command('REPLICAOF', 'NO', 'ONE');

    const later = await openForTest({ url: first.url });
    expect(await life.admit(later.store)).toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
  });
});
