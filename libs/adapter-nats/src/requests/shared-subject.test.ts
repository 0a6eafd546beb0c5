import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectBare, openBus } from '../nats-bus.fixture.ts';

const missing = missingEngines('nats');
const LONG_MS = 10_000;

const [reserve, confirm, any] = ['admit.ticket.reserve', 'admit.ticket.confirm', 'admit.ticket.any'];

describe.skipIf(missing)(`requests that share a subject${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;
  let bare: NatsConnection;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  /** Every message to a ticket-service, by subject and body. */
  async function watch() {
    bare = await connectBare(nats.url);
    const messages: [string, unknown][] = [];
    const requests: Msg[] = [];
    bare.subscribe('admit.ticket.*', {
      callback(_, message) {
        messages.push([message.subject, message.json()]);
        requests.push(message);
      },
    });
    await bare.flush();
    return { messages, requests };
  }

  async function open() {
    const { requests } = await openBus(nats.url);
    return {
      serve: async (...subjects: string[]) => {
        for (const subject of subjects) {
          const running = await requests.serve(subject, async (body) => `${subject} ${body}`);
          onTestFinished(() => running.stop());
          // An answer proves that nats-server has the subscription.
          await requests.request(subject, 0, LONG_MS);
        }
      },
      request: (subject: string, body: unknown) => requests.request(subject, body, LONG_MS),
    };
  }

  it('are one message, and each is answered by the handler of its own subject', async () => {
    const { serve, request } = await open();
    await serve(reserve, confirm);
    const { messages } = await watch();
    const asked = [request(reserve, 1), request(confirm, 2), request(reserve, 3)];
    expect(await Promise.all(asked)).toEqual([`${reserve} 1`, `${confirm} 2`, `${reserve} 3`]);
    const bodies = [reserve, confirm, reserve].map((subject, n) => ({ subject, body: n + 1 }));
    await expect.poll(() => messages).toEqual([[any, bodies]]);
  });

  it('go to their own subject where they are of one', async () => {
    const { serve, request } = await open();
    await serve(reserve, confirm);
    const { messages } = await watch();
    expect(await Promise.all([request(reserve, 1), request(reserve, 2)])).toHaveLength(2);
    expect(await request(confirm, 3)).toBe(`${confirm} 3`);
    await expect
      .poll(() => messages)
      .toEqual([
        [reserve, [1, 2]],
        [confirm, 3],
      ]);
  });

  it('go out again apart where all servers are of a version without the shared subject, and stay apart', async () => {
    const old = await connectBare(nats.url);
    const received: [string, unknown][] = [];
    for (const subject of [reserve, confirm])
      old.subscribe(subject, {
        queue: 'admit',
        callback(_, message) {
          received.push([subject, message.json()]);
          message.respond(JSON.stringify(`old ${message.json()}`));
        },
      });
    await old.flush();
    const { request } = await open();
    for (const [one, other] of [
      [1, 2],
      [3, 4],
    ] as const) {
      const asked = [request(reserve, one), request(confirm, other)];
      expect(await Promise.all(asked)).toEqual([`old ${one}`, `old ${other}`]);
    }
    expect(received.map(([, body]) => body).sort()).toEqual([1, 2, 3, 4]);
  });

  it('are served to a requester of a version that sends each subject by itself', async () => {
    const { serve } = await open();
    await serve(reserve, confirm);
    const old = await connectBare(nats.url);
    expect((await old.request(reserve, '[1,2]')).json()).toEqual([
      { reply: `${reserve} 1` },
      { reply: `${reserve} 2` },
    ]);
    expect((await old.request(confirm, '3')).json()).toBe(`${confirm} 3`);
  });

  it('go to another server where the one that got them does not serve their subject', async () => {
    const [part, other, asking] = [await open(), await open(), await open()];
    await part.serve(reserve);
    await other.serve(confirm);
    for (let n = 0; n < 5; n += 1) {
      const asked = [asking.request(reserve, n), asking.request(confirm, n)];
      expect(await Promise.all(asked)).toEqual([`${reserve} ${n}`, `${confirm} ${n}`]);
    }
  });

  it('have no responders where nobody serves them', async () => {
    const { request } = await open();
    const codes = [request(reserve, 1), request(confirm, 2)].map((asked) => asked.catch(({ code }) => code));
    expect(await Promise.all(codes)).toEqual(['no_responders', 'no_responders']);
  });

  it('end with the last of their servers', async () => {
    const { requests } = await openBus(nats.url);
    const served = [];
    for (const subject of [reserve, confirm])
      served.push(await requests.serve(subject, async () => 'served'));
    const old = await connectBare(nats.url);
    const body = JSON.stringify([{ subject: reserve, body: 1 }, { subject: confirm }, { subject: 'other' }]);
    const askAny = async () => (await old.request(any, body)).json();
    await expect.poll(() => askAny().catch(String)).toMatchObject([{ reply: 'served' }, {}, {}]);
    expect(await askAny()).toEqual([{ reply: 'served' }, { reply: 'served' }, { notServed: true }]);
    await served[0]?.stop();
    expect(await askAny()).toEqual([{ notServed: true }, { reply: 'served' }, { notServed: true }]);
    await served[1]?.stop();
    await expect.poll(() => askAny().catch(String)).toMatch('no responders');
  });

  it.each(['[1]', '[null]', '[{"body":1}]', '7'])(
    'are not answered where one is malformed: %s',
    async (body) => {
      const bus = await openBus(nats.url);
      await bus.requests.serve(reserve, async () => 'served');
      await bus.requests.request(reserve, 0, LONG_MS);
      const nc = await connectBare(nats.url);
      await expect(nc.request(any, body, { timeout: 100 })).rejects.toThrow('timeout');
      await expect.poll(() => bus.errors).toEqual([expect.stringContaining('TypeError')]);
    },
  );
});
