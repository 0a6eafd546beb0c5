import type { EncodedEvent } from '@admit-one/core';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectBare, inbox, newEvent, noise, type ObservedBus, openBus } from '../nats-bus.fixture.ts';
import { STREAM } from './stream-config.ts';

const missing = missingEngines('nats');
const HOUR_MS = 3_600_000;

describe.skipIf(missing)(`trimming the stream${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeEach(async () => {
    nats = await startNats();
  });
  afterEach(() => nats.stop());

  const manage = async () => jetstreamManager(await connectBare(nats.url));

  async function publish({ events }: ObservedBus, count: number, bytes = 10): Promise<EncodedEvent[]> {
    const published = Array.from({ length: count }, () => newEvent({ text: noise(bytes) }));
    for (const event of published) await events.publish([event]);
    return published;
  }

  /** Has everything that is in the stream now acknowledged by the consumer. */
  async function consumeAll(bus: ObservedBus, events: readonly EncodedEvent[]): Promise<void> {
    const { handler, has } = inbox();
    const running = await bus.events.consume('audit', handler);
    await expect.poll(() => has(events)).toBe(true);
    await expect
      .poll(async () => (await (await manage()).consumers.info(STREAM, 'audit')).ack_floor.stream_seq)
      .toBe(events.length);
    await running.stop();
  }

  const firstSequence = async () => (await (await manage()).streams.info(STREAM)).state.first_seq;

  it('removes what was acknowledged, and nothing else', async () => {
    const bus = await openBus(nats.url);
    await consumeAll(bus, await publish(bus, 20));
    const later = await publish(bus, 20);
    await bus.events.trim('audit', 0);
    expect(await firstSequence()).toBe(21);
    const { handler, has, count } = inbox();
    await bus.events.consume('audit', handler);
    await expect.poll(() => has(later)).toBe(true);
    expect(later.map(count)).toEqual(later.map(() => 1));
  });

  it('keeps what is in hand, and everything after it', async () => {
    const bus = await openBus(nats.url);
    const events = await publish(bus, 20);
    const handled = inbox();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await bus.events.consume('audit', async (deliveries) => {
      await released;
      await handled.handler(deliveries);
    });
    await bus.events.trim('audit', 0);
    expect(await firstSequence()).toBe(1);
    release();
    await expect.poll(() => handled.has(events)).toBe(true);
  });

  it('keeps the window', async () => {
    const bus = await openBus(nats.url);
    await consumeAll(bus, await publish(bus, 20));
    await bus.events.trim('audit', HOUR_MS);
    expect(await firstSequence()).toBe(1);
    const { streams } = await manage();
    const stored = Array.from({ length: 20 }, (_, n) => streams.getMessage(STREAM, { seq: n + 1 }));
    const times = (await Promise.all(stored)).map((message) => message?.time.getTime() ?? 0);
    const now = times[11] ?? 0;
    vi.useFakeTimers({ toFake: ['Date'], now });
    onTestFinished(() => void vi.useRealTimers());
    await bus.events.trim('audit', 0);
    expect(await firstSequence()).toBe(times.findIndex((time) => time >= now) + 1);
  });

  it('gives up the window where that takes more than a quarter of the stream', async () => {
    const bus = await openBus(nats.url, { stream: { maxBytes: 400_000 } });
    await consumeAll(bus, await publish(bus, 30, 10_000));
    await bus.events.trim('audit', HOUR_MS);
    const { state } = await (await manage()).streams.info(STREAM);
    expect(state.bytes).toBeLessThanOrEqual(100_000);
    expect(state.bytes).toBeGreaterThan(80_000);
  });

  it('makes a full stream take events again, and shows that in the fill ratio', async () => {
    const bus = await openBus(nats.url, { stream: { maxBytes: 100_000 } });
    const events: EncodedEvent[] = [];
    const fill = async () => {
      for (;;) events.push(...(await publish(bus, 1, 10_000)));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'full' });
    await expect.poll(() => bus.events.fillRatio).toBeGreaterThan(0.85);
    await consumeAll(bus, events);
    await bus.events.trim('audit', HOUR_MS);
    await expect.poll(() => bus.events.fillRatio).toBeLessThan(0.3);
    await publish(bus, 5, 10_000);
  });

  it('removes nothing before there is a consumer', async () => {
    const bus = await openBus(nats.url);
    await publish(bus, 5);
    await bus.events.trim('audit', 0);
    expect(await firstSequence()).toBe(1);
  });

  it.each([{ ack_policy: AckPolicy.None }, { filter_subject: 'admit.event.ticket.>' }, { max_deliver: 2 }])(
    'removes nothing by the word of a consumer with %j',
    async (config) => {
      const bus = await openBus(nats.url);
      await publish(bus, 5);
      const { consumers } = await manage();
      await consumers.add(STREAM, { durable_name: 'audit', ack_policy: AckPolicy.Explicit, ...config });
      await expect(bus.events.trim('audit', 0)).rejects.toMatchObject({ name: 'BusError' });
      expect(await firstSequence()).toBe(1);
    },
  );

  it('says so where the stream forbids it', async () => {
    const { streams } = await manage();
    await streams.add({ name: STREAM, subjects: ['admit.event.>'], deny_purge: true });
    const bus = await openBus(nats.url);
    expect(bus.diagnostics).toContainEqual({
      level: 'error',
      message: expect.stringContaining('deny_purge true'),
      remedy: 'Run npx @admit-one/cli stream recreate.',
    });
    await consumeAll(bus, await publish(bus, 5));
    await expect(bus.events.trim('audit', 0)).rejects.toMatchObject({ name: 'BusError' });
  });
});

describe.skipIf(missing)(
  `a server that takes small messages${missing ? `, skipped: ${missing}` : ''}`,
  () => {
    it.each([4_096, 16_384, 100_000])('gets batches of that size: %i', async (max_payload) => {
      const nats = await startNats({ config: { max_payload } });
      const bus = await openBus(nats.url);
      try {
        const events = Array.from({ length: 100 }, () => newEvent({ text: noise(1_500) }));
        await bus.events.publish(events);
        const { handler, has } = inbox();
        await bus.events.consume('audit', handler);
        await expect.poll(() => has(events)).toBe(true);
        const big = newEvent({ text: noise(max_payload) });
        await expect(bus.events.publish([big])).rejects.toMatchObject({ name: 'BusError', code: 'too_big' });
        expect(bus.connected).toBe(true);
        expect(bus.errors).toEqual([]);
      } finally {
        await bus.close();
        await nats.stop();
      }
    });
  },
);
