import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBare, openBus } from './nats-bus.fixture.ts';

const missing = missingEngines('nats');
const identity = { name: 'ticket-service', version: '1.2.3', description: 'issues tickets' };

describe.skipIf(missing)(`service discovery${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  it('is answered by every instance, by name and by id', async () => {
    for (const id of ['one', 'two']) await openBus(nats.url, { service: { ...identity, id } });
    const nc = await connectBare(nats.url);
    const idsAt = async (subject: string) => {
      const ids: string[] = [];
      const options = { strategy: 'stall', stall: 100, maxWait: 2_000 } as const;
      for await (const reply of await nc.requestMany(subject, '', options))
        ids.push(reply.json<{ id: string }>().id);
      return ids.sort();
    };
    // A reply that is late is not among them.
    await expect.poll(() => idsAt('$SRV.PING')).toEqual(['one', 'two']);
    await expect.poll(() => idsAt('$SRV.PING.ticket-service')).toEqual(['one', 'two']);
    await expect.poll(() => idsAt('$SRV.PING.ticket-service.two')).toEqual(['two']);
  });

  it('tells what is served, how often, and how often in vain', async () => {
    const bus = await openBus(nats.url, { service: { ...identity, id: 'three' } });
    const ask = async (verb: string) =>
      (await (await connectBare(nats.url)).request(`$SRV.${verb}.ticket-service.three`)).json();
    const self = { name: 'ticket-service', id: 'three', version: '1.2.3', metadata: {} };
    const address = { name: 'admit-ticket-reserve', subject: 'admit.ticket.reserve', queue_group: 'admit' };
    const running = await bus.requests.serve('admit.ticket.reserve', async (body) => {
      if (body === 'bad') throw new RangeError('a secret');
      return body;
    });
    await bus.requests.request('admit.ticket.reserve', 'good', 5_000);
    await expect(bus.requests.request('admit.ticket.reserve', 'bad', 100)).rejects.toMatchObject({
      code: 'timeout',
    });

    expect(await ask('PING')).toEqual({ ...self, type: 'io.nats.micro.v1.ping_response' });
    expect(await ask('INFO')).toEqual({
      ...self,
      type: 'io.nats.micro.v1.info_response',
      description: 'issues tickets',
      endpoints: [{ ...address, metadata: {} }],
    });
    expect(await ask('STATS')).toEqual({
      ...self,
      type: 'io.nats.micro.v1.stats_response',
      started: expect.stringMatching(/^\d{4}-.*Z$/),
      endpoints: [
        {
          ...address,
          num_requests: 2,
          num_errors: 1,
          last_error: 'RangeError',
          processing_time: expect.any(Number),
          average_processing_time: expect.any(Number),
        },
      ],
    });
    await running.stop();
    expect(await ask('INFO')).toMatchObject({ endpoints: [] });
  });

  it('is not answered by a bus without an identity', async () => {
    const lonely = await startNats();
    try {
      await openBus(lonely.url);
      const nc = await connectBare(lonely.url);
      await expect(nc.request('$SRV.PING')).rejects.toMatchObject({
        message: expect.stringMatching(/no responders/),
      });
    } finally {
      await lonely.stop();
    }
  });
});
