import { afterEach, describe, expect, it } from 'vitest';
import { type NatsEngine, startNats } from './nats.ts';
import { missingEngines } from './programs.ts';
import { talkTo } from './talk.fixture.ts';

const missing = missingEngines('nats');

describe.skipIf(missing)(`startNats ${missing ?? ''}`, () => {
  let nats: NatsEngine | undefined;
  afterEach(() => nats?.stop());

  /** Asks JetStream's API, and gives its JSON reply. */
  async function ask(engine: NatsEngine, subject: string, request: object): Promise<string> {
    const talk = await talkTo(engine);
    const body = JSON.stringify(request);
    const words = `CONNECT {}\r\nSUB reply 1\r\nPUB $JS.API.${subject} reply ${body.length}\r\n${body}\r\n`;
    return talk.say(words, /MSG reply 1 .*\r\n.*\r\n/);
  }

  const countStreams = async (engine: NatsEngine) =>
    /"streams":(\d+)/.exec(await ask(engine, 'INFO', {}))?.[1];

  it('keeps streams in files when it is killed, and starts without them when they are wiped', async () => {
    const engine = await startNats();
    nats = engine;
    await ask(engine, 'STREAM.CREATE.KEPT', { name: 'KEPT', subjects: ['kept'] });
    await expect(engine.wipe()).rejects.toThrow('only be removed while it is down');
    await engine.kill();
    await engine.start();
    expect(await countStreams(engine)).toBe('1');
    await engine.kill();
    await engine.wipe();
    await engine.start();
    expect(await countStreams(engine)).toBe('0');
  });

  it('takes configuration, beside its own of JetStream', async () => {
    const engine = await startNats({
      config: {
        max_payload: 4096,
        jetstream: { max_file_store: 1_048_576 },
        authorization: { users: [{ user: 'edge', password: 'se "cret' }] },
      },
    });
    nats = engine;
    const talk = await talkTo(engine);
    const info = await talk.say('CONNECT {"user":"edge","pass":"se \\"cret"}\r\nPING\r\n', 'PONG');
    expect(info).toContain('"max_payload":4096');
    expect(info).not.toContain('-ERR');
    const stranger = await talkTo(engine);
    await stranger.say('CONNECT {}\r\n', "-ERR 'Authorization Violation'");
  });
});
