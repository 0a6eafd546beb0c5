import type { Diagnostic } from '@admit-one/core';
import { missingEngines, type RedisEngine, type RedisOptions, startRedis } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inspectRedis } from './inspect-redis.ts';

const missing = missingEngines('redis');
const durable = { appendonly: 'yes', appendfsync: 'always', 'min-replicas-to-write': '1' };

describe.skipIf(missing)(`the inspection of a Redis${missing ? `, skipped: ${missing}` : ''}`, () => {
  async function start(config: RedisOptions['config'] = {}): Promise<RedisEngine> {
    const redis = await startRedis({ config });
    onTestFinished(() => redis.stop());
    return redis;
  }

  function badOnes(diagnostics: readonly Diagnostic[]): readonly string[] {
    return diagnostics.flatMap(({ level, message, remedy }) =>
      level === 'ok' ? [] : [`${level}: ${message}. ${remedy}`],
    );
  }

  it('finds nothing wrong with one that is set up for production', async () => {
    const redis = await start(durable);
    const diagnostics = await inspectRedis({ url: redis.url });
    expect(badOnes(diagnostics)).toEqual([]);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/version \d+\.\d+\.\d+/),
      expect.stringContaining('takes writes'),
      expect.stringContaining('noeviction'),
      expect.stringContaining('appendfsync always'),
      expect.stringContaining('1 replicas'),
      expect.stringMatching(/clock \d+ ms/),
    ]);
  });

  it('reports events that wait for too long, and no others', async () => {
    const redis = await start();
    const line = (time: number) => `{"type":"x","time":"${new Date(time).toISOString()}"}`;
    await redis.command('RPUSH', '{p03}:outbox', line(Date.now() - 125_000), line(Date.now()));
    await redis.command('RPUSH', '{p04}:outbox', line(Date.now()));
    const outboxes = badOnes(await inspectRedis({ url: redis.url })).filter((text) =>
      text.includes('outbox'),
    );
    expect(outboxes).toEqual([
      expect.stringMatching(/^error: the outbox of partition p03 has events that have waited for 12\d s/),
    ]);
  });

  it('warns of what a crash would lose', async () => {
    const redis = await start({ 'maxmemory-policy': 'allkeys-lru' });
    expect(badOnes(await inspectRedis({ url: redis.url }))).toEqual([
      expect.stringMatching(/^error: .*allkeys-lru.*noeviction/),
      expect.stringMatching(/^warning: .*no append-only file.*appendonly/),
      expect.stringMatching(/^warning: .*no replica has.*min-replicas-to-write/),
    ]);
  });

  it('warns of a file that is left to the operating system', async () => {
    const redis = await start({ ...durable, appendfsync: 'no' });
    expect(badOnes(await inspectRedis({ url: redis.url }))).toEqual([
      expect.stringMatching(/^warning: .*appendfsync no/),
    ]);
  });

  it('warns of what it may not ask for, and still knows the policy', async () => {
    const redis = await start({ ...durable, 'rename-command': 'CONFIG ""' });
    const diagnostics = await inspectRedis({ url: redis.url });
    expect(badOnes(diagnostics)).toEqual([
      expect.stringMatching(/^warning: appendfsync of .*cannot be seen.*operator user/),
      expect.stringMatching(/^warning: min-replicas-to-write of .*cannot be seen/),
    ]);
    expect(diagnostics.map(({ message }) => message)).toContainEqual(expect.stringContaining('noeviction'));
  });

  it('finds a replica in the place of the master', async () => {
    const redis = await start({ ...durable, replicaof: '127.0.0.1 1' });
    expect(badOnes(await inspectRedis({ url: redis.url }))).toEqual([
      expect.stringMatching(/^error: .*is a slave.*redis-sentinel/),
    ]);
  });

  it('finds a node of a cluster behind a URL for one node', async () => {
    const redis = await start({ ...durable, 'cluster-enabled': 'yes' });
    expect(badOnes(await inspectRedis({ url: redis.url }))).toEqual([
      expect.stringMatching(/^error: .*node of a cluster.*redis-cluster:/),
    ]);
  });

  it.each([
    ['nobody listens', async () => 'redis://127.0.0.1:1'],
    ['nobody listens, at Sentinels', async () => 'redis-sentinel://127.0.0.1:1/main'],
    ['nobody listens, in a cluster', async () => 'redis-cluster://127.0.0.1:1'],
    ['the URL is malformed', async () => 'secret'],
    [
      'the password is wrong',
      async () => (await start({ requirepass: 'right' })).url.replace('right', 'secret'),
    ],
    [
      'it stands still',
      async () => {
        const redis = await start();
        await redis.pause();
        return redis.url;
      },
    ],
  ])('finds that %s', async (_, url) => {
    const diagnostics = await inspectRedis({ url: await url(), timeoutMs: 500 });
    expect(diagnostics).toEqual([
      { level: 'error', message: expect.any(String), remedy: expect.any(String) },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('secret');
  });
});
