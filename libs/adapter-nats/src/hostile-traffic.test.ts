import type { Message } from '@admit-one/core';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { headers, Match } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBare, openBus } from './nats-bus.fixture.ts';

const missing = missingEngines('nats');

describe.skipIf(missing)(`what others put on the bus${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  it.each(['', '{', '\u0000', '{"a":1}x'])(
    'a request that is not JSON is not answered, and told: %j',
    async (text) => {
      const bus = await openBus(nats.url);
      const bodies: unknown[] = [];
      await bus.requests.serve('hostile.request', async (body) => bodies.push(body));
      // An answer proves that nats-server has the subscription: another connection's request could overtake it.
      expect(await bus.requests.request('hostile.request', 'first', 5_000)).toBe(1);
      const nc = await connectBare(nats.url);
      await expect(nc.request('hostile.request', text, { timeout: 100 })).rejects.toThrow('timeout');
      await expect.poll(() => bus.errors).toEqual([expect.stringContaining('JSON')]);
      expect(bodies).toEqual(['first']);
      expect(await bus.requests.request('hostile.request', 'good', 5_000)).toBe(2);
    },
  );

  it('a reply that is not JSON counts as none', async () => {
    const bus = await openBus(nats.url);
    const nc = await connectBare(nats.url);
    nc.subscribe('hostile.reply', {
      callback: (_, request) => {
        request.respond('{');
      },
    });
    await nc.flush();
    const asked = bus.requests.request('hostile.reply', {}, 5_000);
    await expect(asked).rejects.toMatchObject({ name: 'BusError', code: 'timeout' });
  });

  it('a message may have several values of one header, and names of any case', async () => {
    const bus = await openBus(nats.url);
    const received: Message[] = [];
    bus.messages.subscribe('hostile.message', (one) => received.push(one));
    const given = headers();
    given.append('twice', 'one', Match.Exact);
    given.append('twice', 'two', Match.Exact);
    given.append('__proto__', 'polluted', Match.Exact);
    const nc = await connectBare(nats.url);
    const publish = () => nc.publish('hostile.message', 'text', { headers: given });
    await expect.poll(() => publish() ?? received.length).toBeGreaterThan(0);
    const [message] = received;
    expect(message?.headers.twice).toBe('two');
    expect(Object.keys(message?.headers ?? {}).sort()).toEqual(['__proto__', 'twice']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe.skipIf(missing)(`what the bus rejects to send${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;
  const message: Message = { subject: 'sent', body: Buffer.from('text'), headers: {}, reply: null };

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  it.each([
    { headers: { name: 'value\r\nInjected: yes' } },
    { headers: { name: 'value\n' } },
    { headers: { 'name\r\nInjected': 'yes' } },
    { headers: { 'na:me': 'value' } },
    { headers: { 'na me': 'value' } },
    { headers: { '': 'value' } },
    { subject: '' },
    { subject: 'a b' },
    { subject: 'a\r\nPUB b 0' },
    { subject: 'a..b' },
    { subject: 'a.*' },
    { subject: '>' },
    { reply: 'a b' },
  ])('a message with %j', async (given) => {
    const bus = await openBus(nats.url);
    expect(() => bus.messages.publish({ ...message, ...given } as Message)).toThrow(TypeError);
    expect(bus.connected).toBe(true);
  });

  it('a message, request or reply that is larger than the server takes', async () => {
    const bus = await openBus(nats.url);
    const large = 'x'.repeat(1_100_000);
    const tooBig = expect.objectContaining({ name: 'BusError', code: 'too_big' });
    expect(() => bus.messages.publish({ ...message, body: Buffer.from(large) })).toThrow(tooBig);
    await expect(bus.requests.request('sent', large, 1_000)).rejects.toEqual(tooBig);
    await bus.requests.serve('sent', async () => large);
    await expect(bus.requests.request('sent', '', 5_000)).rejects.toEqual(tooBig);
    expect(bus.errors).toEqual([expect.stringContaining('max_payload')]);
  });

  it.each(['', 'a b', 'a..b', '>.a'])('a subscription to "%s"', async (pattern) => {
    const bus = await openBus(nats.url);
    expect(() => bus.messages.subscribe(pattern, () => {})).toThrow(TypeError);
    await expect(bus.requests.serve(pattern, async () => {})).rejects.toThrow(TypeError);
  });
});
