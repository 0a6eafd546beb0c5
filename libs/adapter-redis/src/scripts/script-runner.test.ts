import { NO_TICKET, newId, partitionName, type TicketAppend } from '@admit-one/core';
import { decode, newEvent } from '@admit-one/port-contracts';
import { missingEngines, type RedisEngine, startFaultProxy, startRedis } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RedisStore } from '../open-redis-store.ts';
import { openForTest } from '../ticket-life.fixture.ts';

const missing = missingEngines('redis');
const PARTITIONS = 16;
/** The first character of a ticket id says its partition. */
const FIRST = 'AEIMQUYcgkosw048';

function appendIn(partition: number, given: Partial<TicketAppend> = {}): TicketAppend {
  const ticketId = `${FIRST[partition]}${newId()}${newId()}`.slice(0, 43);
  return {
    ticketId,
    expectedVersion: null,
    events: [newEvent({ type: 'admit.ticket.issued', subject: ticketId })],
    state: NO_TICKET,
    retainUntil: Date.now() + 600_000,
    guards: [],
    fences: [],
    work: 'new',
    ...given,
  };
}

/** One append for each partition, and one more for the first. */
const everywhere = () => [0, ...Array.from({ length: PARTITIONS }, (_, n) => n)].map((n) => appendIn(n));

describe.skipIf(missing)(
  `Redis calls that are sent together${missing ? `, skipped: ${missing}` : ''}`,
  () => {
    async function started(config: Readonly<Record<string, string>> = {}): Promise<RedisEngine> {
      const redis = await startRedis({ config });
      onTestFinished(() => redis.stop());
      return redis;
    }

    /** How often each command was called. */
    async function calls(redis: RedisEngine): Promise<(command: string) => number> {
      const stats = await redis.command('INFO', 'commandstats');
      return (command) => Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
    }

    async function subjectsIn({ outbox }: RedisStore): Promise<readonly string[]> {
      const heads = await Promise.all(
        Array.from({ length: PARTITIONS }, (_, partition) => outbox.head(partition, 100)),
      );
      const all = heads.flat().map(decode);
      return all.filter(({ type }) => type === 'admit.ticket.issued').map(({ subject }) => subject);
    }

    it('are one run of a script, with one fence', async () => {
      const redis = await started();
      const { store } = await openForTest({ url: redis.url });
      await store.append(appendIn(0));
      const before = await calls(redis);
      const results = await Promise.all(everywhere().map((append) => store.append(append)));
      expect(results.every(({ ok }) => ok)).toBe(true);
      const after = await calls(redis);
      expect(after('evalsha') - before('evalsha')).toBe(1);
      // One `INFO` is the test's own.
      expect(after('info') - before('info')).toBe(2);
    });

    it('fail each by itself, where the outbox of one partition is no list', async () => {
      const redis = await started();
      const opened = await openForTest({ url: redis.url });
      await redis.command('SET', `{${partitionName(5)}}:outbox`, 'not a list');
      const appends = everywhere();
      const settled = await Promise.allSettled(appends.map((append) => opened.store.append(append)));
      const failed = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(failed).toMatchObject([{ name: 'StoreError', code: 'unavailable' }]);
      expect(failed[0]?.message).toContain('WRONGTYPE');
      await redis.command('DEL', `{${partitionName(5)}}:outbox`);
      const written = appends.filter((_, n) => settled[n]?.status === 'fulfilled');
      expect((await subjectsIn(opened)).toSorted()).toEqual(
        written.map(({ ticketId }) => ticketId).toSorted(),
      );
    });

    it('are unknown all where the reply is lost, and were carried out once', async () => {
      const redis = await started();
      const link = await startFaultProxy(redis);
      onTestFinished(() => link.close());
      const { store } = await openForTest({ url: link.url(redis.url), commandTimeoutMs: 1_000 });
      const direct = await openForTest({ url: redis.url });
      // The server knows the script from then on.
      const earlier = appendIn(0);
      await direct.store.append(earlier);
      const appends = everywhere();
      const repeat = () => Promise.allSettled(appends.map((append) => store.append(append)));

      link.dropTowardsClient();
      for (const result of await repeat())
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
      await link.heal();
      await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();
      for (const result of await repeat())
        expect(result).toMatchObject({ status: 'fulfilled', value: { ok: false, because: 'version' } });
      expect((await subjectsIn(direct)).toSorted()).toEqual(
        [earlier, ...appends].map(({ ticketId }) => ticketId).toSorted(),
      );
    });

    it('are sent apart to a node of a cluster that is addressed as a single server', async () => {
      const redis = await started({ 'cluster-enabled': 'yes' });
      await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await expect.poll(() => redis.command('CLUSTER', 'INFO')).toContain('cluster_state:ok');
      const opened = await openForTest({ url: redis.url });
      const appends = everywhere();
      const results = await Promise.all(appends.map((append) => opened.store.append(append)));
      expect(results.every(({ ok }) => ok)).toBe(true);
      expect(await subjectsIn(opened)).toHaveLength(appends.length);
    });

    /** Two stores, of which one knows the head of an outbox without reading it: three events. */
    async function knowing(redis: RedisEngine) {
      const [one, other] = [await openForTest({ url: redis.url }), await openForTest({ url: redis.url })];
      await one.store.append(appendIn(7));
      const last = (await one.outbox.head(7, 100)).at(-1)!;
      await one.outbox.remove(7, last);
      const before = await calls(redis);
      await Promise.all([1, 2, 3].map(() => one.store.append(appendIn(7))));
      const known = one.outbox.knownHead(7, 100);
      expect((await calls(redis))('lrange')).toBe(before('lrange'));
      expect(known).toHaveLength(3);
      return { one, other, known, last };
    }

    it('tell a relay what it would read, without reading it', async () => {
      const { other, known } = await knowing(await started());
      expect(known).toEqual(await other.outbox.head(7, 100));
    });

    it('tell a relay nothing where another is at work', async () => {
      const { one, other } = await knowing(await started());
      await other.outbox.lease(7, 'other', 60_000);
      expect(await one.outbox.lease(7, 'one', 60_000)).toBe(false);
      expect(one.outbox.knownHead(7, 100)).toBeUndefined();
    });

    it('tell a relay nothing after a removal of what was not there', async () => {
      const { one, last } = await knowing(await started());
      await one.outbox.remove(7, last);
      expect(one.outbox.knownHead(7, 100)).toBeUndefined();
    });
  },
);
