import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { missingEngines } from './programs.ts';
import { type RedisSentinelGroup, startRedisSentinel } from './redis-sentinel.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`startRedisSentinel ${missing ?? ''}`, () => {
  let group: RedisSentinelGroup | undefined;
  afterEach(() => group?.stop());

  it('promotes the replica with its data when the master dies, and takes the old master back', async () => {
    group = await startRedisSentinel({ config: { requirepass: 'secret' } });
    const { master } = group;
    const first = await master();
    await first.command('SET', 'key', 'value');
    await first.command('WAIT', '1', '1000');
    await first.kill();
    const second = await eventually(
      async () => {
        const named = await master();
        if (named === first) throw new Error('still the first master');
        await named.command('SET', 'other', 'value');
        return named;
      },
      { what: 'a new master', timeoutMs: 15_000 },
    );
    expect(await second.command('GET', 'key')).toBe('value');
    await first.start();
    await eventually(async () => (await first.command('ROLE')).startsWith('slave'), {
      what: 'the first master as a replica',
      timeoutMs: 15_000,
    });
  });
});
