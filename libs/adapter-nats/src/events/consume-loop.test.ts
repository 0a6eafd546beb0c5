import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { AckPolicy, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBare, inbox, newEvent, openBus } from '../nats-bus.fixture.ts';
import { STREAM } from './stream-config.ts';

const missing = missingEngines('nats');

describe.skipIf(missing)(`consuming${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  it('hands over many messages at once where there are many', async () => {
    const bus = await openBus(nats.url);
    const events = Array.from({ length: 500 }, () => newEvent());
    await Promise.all(events.map((event) => bus.events.publish([event])));
    const { handler, has, sizes } = inbox();
    await bus.events.consume('many', handler);
    await expect.poll(() => has(events)).toBe(true);
    expect(Math.max(...sizes)).toBe(64);
    expect(sizes.length).toBeLessThan(100);
  });

  it('keeps its messages for as long as the handler takes', async () => {
    const bus = await openBus(nats.url);
    const nc = await connectBare(nats.url);
    const manager = await jetstreamManager(nc);
    const ack_wait = nanos(4_500);
    const policies = { ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.New };
    await manager.consumers.add(STREAM, { durable_name: 'slow', ...policies, ack_wait });
    let lifeSigns = 0;
    nc.subscribe(`$JS.ACK.${STREAM}.slow.>`, {
      callback: (_, message) => {
        if (message.string() === '+WPI') lifeSigns += 1;
      },
    });
    await nc.flush();
    const { handler, has, count } = inbox();
    const event = newEvent();
    await bus.events.consume('slow', async (deliveries) => {
      lifeSigns = 0;
      // In more than the time until an unacknowledged delivery is redelivered.
      await expect.poll(() => lifeSigns).toBeGreaterThan(4 * deliveries.length);
      await handler(deliveries);
    });
    await bus.events.publish([event]);
    await expect.poll(() => has([event])).toBe(true);
    expect(count(event)).toBe(1);
    expect((await manager.consumers.info(STREAM, 'slow')).num_redelivered).toBe(0);
  });

  it('gives what it has not begun to somebody else at once when it is stopped', async () => {
    const [one, other] = [await openBus(nats.url), await openBus(nats.url)];
    const nc = await connectBare(nats.url);
    const { consumers } = await jetstreamManager(nc);
    let givenBack = 0;
    nc.subscribe(`$JS.ACK.${STREAM}.handed-on.>`, {
      callback: (_, message) => {
        if (message.string() === '-NAK') givenBack += 1;
      },
    });
    await nc.flush();
    const events = Array.from({ length: 200 }, () => newEvent());
    await Promise.all(events.map((event) => one.events.publish([event])));
    const [first, second] = [inbox(), inbox()];
    let letGo = () => {};
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const running = await one.events.consume('handed-on', async (deliveries) => {
      await released;
      await first.handler(deliveries);
    });
    const delivered = async () => (await consumers.info(STREAM, 'handed-on')).num_ack_pending;
    await expect.poll(() => delivered().catch(() => 0)).toBeGreaterThan(64);
    const stopped = running.stop();
    letGo();
    await stopped;
    await other.events.consume('handed-on', second.handler);
    await expect.poll(() => events.every((event) => first.count(event) + second.count(event) > 0)).toBe(true);
    // Heard on another connection: it may come later.
    await expect.poll(() => givenBack).toBeGreaterThan(0);
  });

  it('pauses before it hands over again what was rejected, and leaves the error to the handler', async () => {
    const bus = await openBus(nats.url);
    const event = newEvent();
    const attempts: number[] = [];
    await bus.events.consume('rejecting', async (deliveries) => {
      if (!deliveries.some(({ body }) => Buffer.from(body).includes(event.partitionkey))) return;
      attempts.push(performance.now());
      throw new Error('not now');
    });
    await bus.events.publish([event]);
    await expect.poll(() => attempts.length).toBeGreaterThan(3);
    expect((attempts[3] ?? 0) - (attempts[0] ?? 0)).toBeGreaterThan(1_000);
    expect(bus.errors).toEqual([]);
  });

  it('knows the first message that the stream still has', async () => {
    const bus = await openBus(nats.url);
    const { streams } = await jetstreamManager(await connectBare(nats.url));
    const firsts: number[] = [];
    await bus.events.consume('first', async (deliveries) => {
      firsts.push(...deliveries.map(({ position }) => position.first));
    });
    const publish = () => bus.events.publish([newEvent()]);
    await publish();
    await expect.poll(() => firsts.length).toBeGreaterThan(0);
    const { last_seq: last } = (await streams.info(STREAM)).state;
    await streams.purge(STREAM);
    await expect.poll(() => publish().then(() => firsts.at(-1)), { interval: 200 }).toBe(last + 1);
  });

  it('tells of a durable that would lose events, and leaves it as it is', async () => {
    const bus = await openBus(nats.url);
    const { consumers } = await jetstreamManager(await connectBare(nats.url));
    await consumers.add(STREAM, { durable_name: 'finite', ack_policy: AckPolicy.Explicit, max_deliver: 3 });
    await bus.events.consume('finite', inbox().handler);
    await expect
      .poll(() => bus.diagnostics)
      .toContainEqual({
        level: 'error',
        message: expect.stringContaining('max_deliver 3'),
        remedy: expect.stringContaining('nats consumer edit ADMIT finite'),
      });
    expect((await consumers.info(STREAM, 'finite')).config.max_deliver).toBe(3);
  });
});
