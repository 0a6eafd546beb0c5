import { afterEach, describe, expect, it } from 'vitest';
import { missingEngines } from './programs.ts';
import { type RedisEngine, type RedisOptions, startRedis } from './redis.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`startRedis ${missing ?? ''}`, () => {
  let redis: RedisEngine | undefined;
  afterEach(() => redis?.stop());

  async function start(config: RedisOptions['config'] = {}): Promise<RedisEngine> {
    redis = await startRedis({ config });
    return redis;
  }

  async function restart(engine: RedisEngine): Promise<void> {
    await engine.kill();
    await engine.start();
  }

  it('loses its data when it is killed', async () => {
    const engine = await start();
    await engine.command('SET', 'key', 'value');
    await restart(engine);
    expect(await engine.command('DBSIZE')).toBe('0');
  });

  it('keeps its data when it is killed, where configured', async () => {
    const engine = await start({ appendonly: 'yes' });
    await engine.command('SET', 'key', 'value');
    await restart(engine);
    expect(await engine.command('GET', 'key')).toBe('value');
  });

  it.each(['yes', 'no'])(
    'starts from an older copy of its data, or empty; appendonly %s',
    async (appendonly) => {
      const engine = await start({ appendonly });
      await engine.command('SET', 'key', 'older');
      await engine.copyData();
      await engine.command('SET', 'key', 'newer');
      await engine.kill();
      await engine.restoreData();
      await engine.start();
      expect(await engine.command('GET', 'key')).toBe('older');
      await engine.kill();
      await engine.wipe();
      await engine.start();
      expect(await engine.command('DBSIZE')).toBe('0');
    },
  );

  it('does not replace the data under a running server', async () => {
    const engine = await start();
    await expect(engine.wipe()).rejects.toThrow('only be replaced while it is down');
    await expect(engine.restoreData()).rejects.toThrow('only be replaced while it is down');
  });

  it('takes lines of configuration, with a password that the URL then holds', async () => {
    const engine = await start({
      'maxmemory-policy': 'noeviction',
      requirepass: 'secret',
      'rename-command': ['DEBUG ""', 'FLUSHALL ""'],
    });
    expect(await engine.command('CONFIG', 'GET', 'maxmemory-policy')).toContain('noeviction');
    expect(new URL(engine.url).password).toBe('secret');
    await expect(engine.command('FLUSHALL')).rejects.toThrow('unknown command');
    await expect(engine.command('DEBUG', 'JMAP')).rejects.toThrow('unknown command');
  });

  it('gives error replies as errors', async () => {
    const engine = await start();
    await expect(engine.command('INCRBY', 'key', 'much')).rejects.toThrow('not an integer');
  });
});
