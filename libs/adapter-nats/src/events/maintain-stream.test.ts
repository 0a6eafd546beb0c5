import type { Delivery, EncodedEvent } from '@admit-one/core';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectBare, inbox, newEvent, noise, type ObservedBus, openBus } from '../nats-bus.fixture.ts';
import { maintainStream, type StreamMaintenance } from './maintain-stream.ts';
import { STREAM, streamConfig } from './stream-config.ts';

const missing = missingEngines('nats');
const MAX_BYTES = 200_000;

describe.skipIf(missing)(`maintaining the stream${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeEach(async () => {
    nats = await startNats();
  });
  afterEach(() => nats.stop());

  const manage = async () => jetstreamManager(await connectBare(nats.url));
  const maintain = <Result>(
    work: (maintenance: StreamMaintenance) => Promise<Result>,
    maxBytes = MAX_BYTES,
  ) => maintainStream({ url: nats.url, name: 'test', stream: { maxBytes } }, work);

  /** Publishes until the stream is full, and returns what it took. */
  async function fill({ events }: ObservedBus): Promise<EncodedEvent[]> {
    const published: EncodedEvent[] = [];
    for (;;) {
      const event = newEvent({ text: noise(10_000) });
      try {
        await events.publish([event]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'full' });
        return published;
      }
      published.push(event);
    }
  }

  /** A full stream, as an earlier version made it or as it is made now, of which nothing is committed. */
  async function fullStream({ denyPurge = false } = {}) {
    const wanted = streamConfig({ maxBytes: MAX_BYTES });
    await (await manage()).streams.add({ ...wanted, subjects: [...wanted.subjects], deny_purge: denyPurge });
    const bus = await openBus(nats.url, { stream: { maxBytes: MAX_BYTES } });
    const stored = await fill(bus);
    return { bus, stored, received: inbox() };
  }

  it('a larger size makes room at once, and everything in it is delivered', async () => {
    const { bus, stored, received } = await fullStream({ denyPurge: true });
    await maintain(({ resize }) => resize(2 * MAX_BYTES));
    const later = newEvent();
    await bus.events.publish([later]);
    await bus.events.consume('audit', received.handler);
    await expect.poll(() => received.has([...stored, later])).toBe(true);
  });

  describe('reading the stream beside its consumers', () => {
    const { signal } = new AbortController();

    it('gives every message from one on, in order, with its position, and no other than there were', async () => {
      const { stored } = await fullStream();
      const seen: Delivery[] = [];
      const extent = await maintain(async (stream) => {
        const found = await stream.extent();
        const last = await stream.read(3, async (deliveries) => void seen.push(...deliveries), signal);
        expect(last).toBe(stored.length);
        expect(await stream.read(last + 1, () => Promise.reject(new Error('nothing to read')), signal)).toBe(
          last,
        );
        return found;
      });
      expect(extent).toEqual({ stream: expect.any(String), first: 1, last: stored.length });
      expect(seen.map(({ position }) => position)).toEqual(
        stored.slice(2).map((_, n) => ({ stream: extent.stream, sequence: n + 3, first: 1 })),
      );
      const bodies = seen.map(({ body }) => JSON.parse(Buffer.from(body).toString())[0]);
      expect(bodies).toEqual(stored.slice(2).map(({ json }) => JSON.parse(Buffer.from(json).toString())));
    });

    it('fails where the stream has dropped some of them, and where it is interrupted', async () => {
      await fullStream();
      await (await manage()).streams.purge(STREAM, { seq: 5 });
      await expect(maintain((stream) => stream.read(2, async () => {}, signal))).rejects.toMatchObject({
        message: expect.stringContaining('message 2 is no longer in the stream'),
      });
      const interrupt = AbortSignal.abort();
      await expect(maintain((stream) => stream.read(5, async () => {}, interrupt))).rejects.toThrow(/abort/);
    });
  });

  it('a smaller size than it holds is rejected', async () => {
    await fullStream();
    await expect(maintain(({ resize }) => resize(MAX_BYTES / 2))).rejects.toMatchObject({ code: 'full' });
    expect(await maintain(({ level }) => level())).toMatchObject({ maxBytes: MAX_BYTES });
  });

  it('a trim makes room of what is committed, and loses nothing else', async () => {
    const { bus, stored, received } = await fullStream();
    expect(await maintain(({ trim }) => trim('audit'))).toBe(0);
    const running = await bus.events.consume('audit', received.handler);
    await expect.poll(() => received.has(stored)).toBe(true);
    // The last acknowledgements may still be on their way.
    const trimmed = () => maintain(({ trim, level }) => trim('audit').then(level));
    await expect.poll(trimmed).toMatchObject({ bytes: 0 });
    await running.stop();
    const later = await fill(bus);
    expect(later.length).toBe(stored.length);
    await maintain(({ trim }) => trim('audit'));
    await bus.events.consume('audit', received.handler);
    await expect.poll(() => received.has(later)).toBe(true);
  });

  it('a replay has a running consumer receive again all that the stream holds', async () => {
    const { bus, stored, received } = await fullStream();
    await bus.events.consume('audit', received.handler);
    await expect.poll(() => received.has(stored)).toBe(true);
    expect(await maintain(({ replay }) => replay('audit'))).toBe(stored.length);
    const counts = () => new Set(stored.map(received.count));
    await expect.poll(counts).toEqual(new Set([2]));
    await expect(maintain(({ replay }) => replay('other'))).rejects.toMatchObject({ name: 'BusError' });
  });

  it('a stream of an earlier version is replaced when all of it is committed, while publishers wait', async () => {
    const { bus, stored, received } = await fullStream({ denyPurge: true });
    const published: EncodedEvent[] = [];
    let on = true;
    const publishing = (async () => {
      while (on) {
        const event = newEvent();
        await bus.events.publish([event]).then(
          () => published.push(event),
          () => new Promise((resolve) => setImmediate(resolve)),
        );
      }
    })();
    await bus.events.consume('audit', received.handler);
    await expect.poll(() => received.has(stored.slice(0, 1))).toBe(true);
    await maintain(({ recreate }) => recreate('audit', () => {}, new AbortController().signal));
    const { config } = await (await manage()).streams.info(STREAM);
    expect(config).toMatchObject({ deny_purge: false, sealed: false, discard: 'new', max_bytes: MAX_BYTES });
    const before = published.length;
    await expect.poll(() => published.length).toBeGreaterThan(before + 20);
    on = false;
    await publishing;
    await expect.poll(() => received.has([...stored, ...published])).toBe(true);
  });

  it('a stream that is not committed is not replaced, and an interruption says so', async () => {
    const { stored } = await fullStream({ denyPurge: true });
    const { consumers, streams } = await manage();
    await consumers.add(STREAM, { durable_name: 'audit', ack_policy: 'explicit' as never });
    const interrupted = new AbortController();
    const replaced = maintain(({ recreate }) =>
      recreate('audit', () => interrupted.abort(), interrupted.signal),
    );
    await expect(replaced).rejects.toMatchObject({ name: 'AbortError' });
    expect((await streams.info(STREAM)).state.messages).toBe(stored.length);
  });

  it('without a consumer, nothing is replaced', async () => {
    await fullStream();
    const replaced = maintain(({ recreate }) => recreate('audit', () => {}, new AbortController().signal));
    await expect(replaced).rejects.toMatchObject({ name: 'BusError' });
  });

  it('without NATS, it says so', async () => {
    await nats.kill();
    await expect(maintain(({ level }) => level())).rejects.toMatchObject({ name: 'BusError' });
  });
});
