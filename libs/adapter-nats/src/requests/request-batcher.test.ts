import { setImmediate as turn } from 'node:timers/promises';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import type { Msg } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBare, openBus } from '../nats-bus.fixture.ts';
import { MAX_BATCH, MAX_BATCH_BYTES } from './batch.ts';

const missing = missingEngines('nats');
const LONG_MS = 10_000;

describe.skipIf(missing)(`requests that go out together${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  /** A bus, and the messages to a subject, which nobody answers by himself. */
  async function asking(subject: string) {
    const bus = await openBus(nats.url);
    const nc = await connectBare(nats.url);
    const messages: Msg[] = [];
    nc.subscribe(subject, { callback: (_, message) => void messages.push(message) });
    await nc.flush();
    return {
      bus,
      messages,
      bodies: () => messages.map((message) => message.json()),
      request: (body: unknown, timeoutMs = LONG_MS) => bus.requests.request(subject, body, timeoutMs),
    };
  }

  it('are one message where they are asked in one turn', async () => {
    const { request, messages, bodies } = await asking('line.turn');
    const asked = [request('a'), request({ b: 1 }), request([3])];
    await expect.poll(bodies).toEqual([['a', { b: 1 }, [3]]]);
    messages[0]?.respond('[{"reply":1},{"reply":null},{"reply":[3]}]');
    expect(await Promise.all(asked)).toEqual([1, null, [3]]);
  });

  it('are sent bare when they are alone, except arrays', async () => {
    const { request, messages, bodies } = await asking('line.alone');
    const object = request({ a: 1 });
    await expect.poll(bodies).toEqual([{ a: 1 }]);
    messages[0]?.respond('["x"]');
    expect(await object).toEqual(['x']);
    const array = request(['a']);
    await expect.poll(() => bodies()[1]).toEqual([['a']]);
    messages[1]?.respond('[{"reply":"y"}]');
    expect(await array).toBe('y');
  });

  it('gather while another is under way, until that is answered', async () => {
    const { request, messages, bodies } = await asking('line.gather');
    const first = request('first');
    await expect.poll(() => messages.length).toBe(1);
    const later = [request('second'), Promise.resolve().then(() => request('third'))];
    messages[0]?.respond('"answer"');
    expect(await first).toBe('answer');
    await expect.poll(() => bodies()[1]).toEqual(['second', 'third']);
    messages[1]?.respond('[{"reply":2},{"reply":3}]');
    expect(await Promise.all(later)).toEqual([2, 3]);
  });

  it('go out all the same where the other is not answered', async () => {
    const { request, messages, bodies } = await asking('line.unanswered');
    const first = request('first', 1_000).catch(({ code }) => code);
    await expect.poll(() => messages.length).toBe(1);
    const second = request('second');
    await expect.poll(() => bodies()[1]).toBe('second');
    messages[1]?.respond('2');
    expect(await second).toBe(2);
    expect(await first).toBe('timeout');

    // Nothing is under way any more that others would wait for.
    const third = request('third');
    await turn();
    await turn();
    const fourth = request('fourth');
    await expect.poll(() => bodies().slice(2)).toEqual(['third', 'fourth']);
    messages[2]?.respond('3');
    messages[3]?.respond('4');
    expect(await Promise.all([third, fourth])).toEqual([3, 4]);
  });

  it.each([
    ['{}', '{"reply":2}'],
    ['null', '{"reply":2}'],
    ['7', '{"reply":2}'],
  ])('time out by themselves where the reply has nothing for them: %s', async (nothing, something) => {
    const { request, messages } = await asking(`line.nothing${nothing.length}`);
    const asked = [request('a', 300).catch(({ code }) => code), request('b')];
    await expect.poll(() => messages.length).toBe(1);
    messages[0]?.respond(`[${nothing},${something}]`);
    expect(await Promise.all(asked)).toEqual(['timeout', 2]);
  });

  it('are as many and as long as a message may hold', async () => {
    const { request, messages, bodies } = await asking('line.bounds');
    const outcomes = [
      ...Array.from({ length: MAX_BATCH + 1 }, (_, n) => request(n, 500)),
      request('x'.repeat(MAX_BATCH_BYTES), 500),
    ].map((asked) => asked.catch(({ code }) => code));
    await expect.poll(() => messages.length).toBe(3);
    const shapes = bodies().map((body) => (Array.isArray(body) ? body.length : typeof body));
    expect(shapes).toEqual([MAX_BATCH, 'number', 'string']);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['timeout']));
  });

  it('fail when the bus is closed, under way or not', async () => {
    const { bus, messages, request } = await asking('line.closed');
    const underWay = request('first', 600_000).catch(({ code }) => code);
    await expect.poll(() => messages.length).toBe(1);
    const gathering = request('second').catch(({ code }) => code);
    await bus.close();
    expect(await Promise.all([underWay, gathering])).toEqual(['timeout', 'disconnected']);
  });

  it('are rejected together where nobody serves', async () => {
    const { requests } = await openBus(nats.url);
    const codes = [1, 2].map((n) => requests.request('line.nobody', n, LONG_MS).catch(({ code }) => code));
    expect(await Promise.all(codes)).toEqual(['no_responders', 'no_responders']);
  });

  it('are answered except the one whose handler throws, and each is counted', async () => {
    const bus = await openBus(nats.url, { service: { name: 'line', version: '1.0.0' } });
    await bus.requests.serve('line.throws', async (body) => {
      if (body === 'bad') throw new Error('not this one');
      return body;
    });
    const asked = ['a', 'bad', 'c'].map((body) =>
      bus.requests.request('line.throws', body, body === 'bad' ? 300 : LONG_MS).catch(({ code }) => code),
    );
    expect(await Promise.all(asked)).toEqual(['a', 'timeout', 'c']);
    expect(bus.errors).toEqual(['Error: not this one']);
    const nc = await connectBare(nats.url);
    const { endpoints } = (await nc.request('$SRV.STATS.line', '')).json<{
      endpoints: { num_requests: number; num_errors: number }[];
    }>();
    expect(endpoints).toMatchObject([{ num_requests: 3, num_errors: 1 }]);
  });

  it('are not answered where somebody sends more than anybody would', async () => {
    const bus = await openBus(nats.url);
    let handled = 0;
    await bus.requests.serve('line.flood', async () => {
      handled += 1;
    });
    await bus.requests.request('line.flood', {}, LONG_MS);
    const nc = await connectBare(nats.url);
    const flood = JSON.stringify(Array.from({ length: MAX_BATCH + 1 }, () => ({})));
    await expect(nc.request('line.flood', flood, { timeout: 200 })).rejects.toThrow('timeout');
    await expect.poll(() => bus.errors).toEqual([expect.stringContaining(`${MAX_BATCH + 1} requests`)]);
    expect(handled).toBe(1);
  });
});

describe.skipIf(missing)(
  `requests at a server that takes small messages${missing ? `, skipped: ${missing}` : ''}`,
  () => {
    let nats: NatsEngine;

    beforeAll(async () => {
      nats = await startNats({ config: { max_payload: 8_192 } });
    });
    afterAll(() => nats?.stop());

    /** A bus that serves a subject with replies of a length that the request asks for, in characters of three bytes. */
    async function serving(subject: string) {
      const bus = await openBus(nats.url);
      let handled = 0;
      await bus.requests.serve(subject, async (body) => {
        handled += 1;
        return '\u20ac'.repeat((body as { length: number }).length / 3);
      });
      await bus.requests.request(subject, { length: 3 }, LONG_MS);
      return {
        bus,
        handled: () => handled,
        request: (length: number, padding = '') =>
          bus.requests
            .request(subject, { length, padding }, LONG_MS)
            .then((reply) => Buffer.byteLength(String(reply)))
            .catch(({ code }) => code),
      };
    }

    it('are as many in one message as it takes, and so are their replies', async () => {
      const { request, bus } = await serving('small.batch');
      const lengths = Array.from({ length: 64 }, (_, n) => 3 * (n + 200));
      const asked = lengths.map((length) => request(length, '\u20ac'.repeat(400)));
      expect(await Promise.all(asked)).toEqual(lengths);
      expect(bus.errors).toEqual([]);
    });

    it('fail precisely where one or its reply is too big, and the others are answered', async () => {
      const { request, bus } = await serving('small.big');
      const asked = [request(300), request(9_000), request(600), request(3, 'x'.repeat(9_000)), request(900)];
      expect(await Promise.all(asked)).toEqual([300, 'too_big', 600, 'too_big', 900]);
      expect(await request(9_000)).toBe('too_big');
      expect(bus.connected).toBe(true);
      expect(bus.errors).toEqual(expect.arrayContaining([expect.stringContaining('max_payload')]));
    });
  },
);
