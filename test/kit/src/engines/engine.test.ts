import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { childrenOf, isGone } from './process-tree.ts';
import { missingEngines } from './programs.ts';
import { startRedis } from './redis.ts';
import { manners, talkTo } from './talk.fixture.ts';

const missing = missingEngines('redis', 'nats', 'postgres');

describe.skipIf(missing).each([
  { name: 'redis', start: startRedis },
  { name: 'nats', start: startNats },
  { name: 'postgres', start: startPostgres },
] as const)(`$name ${missing ?? ''}`, ({ name, start }) => {
  const { hello, welcome, ping, pong } = manners[name];
  let engine: Engine;

  beforeEach(async () => {
    engine = await start();
  });
  afterEach(() => engine.stop());

  async function greet() {
    const talk = await talkTo(engine);
    await talk.say(hello, welcome);
    return talk;
  }

  async function expectRejected() {
    const [error] = await once(connect(engine.port, engine.host), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  }

  function processes() {
    return [engine.pid, ...childrenOf(engine.pid)];
  }

  it('answers nobody while it is paused, and everybody after that', async () => {
    const talk = await greet();
    await engine.pause();
    await engine.pause();
    await expect(talk.say(ping, pong, 300)).rejects.toThrow('did not come');
    const newcomer = await talkTo(engine);
    await expect(newcomer.say(hello, welcome, 300)).rejects.toThrow('did not come');
    await engine.resume();
    await talk.say(ping, pong);
    await newcomer.say(ping, pong);
  });

  it('is gone with every process when it is killed while paused, and starts again on its port', async () => {
    await greet();
    const { port, url, pid } = engine;
    const before = processes();
    await engine.pause();
    await engine.kill();
    expect(before.filter((process) => !isGone(process))).toEqual([]);
    expect(engine.isRunning).toBe(false);
    await expectRejected();
    await engine.start();
    expect({ port: engine.port, url: engine.url }).toEqual({ port, url });
    expect(engine.pid).not.toBe(pid);
    await greet();
  });

  it('leaves no process, no folder and no listener when it is stopped, with clients and paused', async () => {
    await greet();
    const before = processes();
    await engine.pause();
    await Promise.all([engine.stop(), engine.stop()]);
    expect(before.filter((process) => !isGone(process))).toEqual([]);
    expect(existsSync(engine.folder)).toBe(false);
    await expectRejected();
    await expect(engine.start()).rejects.toThrow('stopped for good');
  });

  it('rejects calls that its state does not allow', async () => {
    await expect(engine.start()).rejects.toThrow('runs already');
    await engine.kill();
    await engine.kill();
    await expect(engine.pause()).rejects.toThrow('does not run');
    await engine.resume();
  });
});

describe.skipIf(missing)(`an engine that does not start ${missing ?? ''}`, () => {
  it.each([
    { name: 'redis', start: () => startRedis({ config: { 'no-such-line': '1' } }), says: 'no-such-line' },
    { name: 'nats', start: () => startNats({ config: { max_payload: 'much' } }), says: 'nats.conf:1' },
    { name: 'postgres', start: () => startPostgres({ settings: { no_such: '1' } }), says: 'no_such' },
  ])('$name: gives what the program wrote', async ({ start, says }) => {
    await expect(start()).rejects.toThrow(new RegExp(`did not start[^]*${says}`));
  });
});
