import type { EncodedEvent } from '@admit-one/core';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectBare, inbox, newEvent, noise, type ObservedBus, openBus } from '../nats-bus.fixture.ts';
import { STREAM } from './stream-config.ts';

const missing = missingEngines('nats');

describe.skipIf(missing)(
  `events under failures of JetStream${missing ? `, skipped: ${missing}` : ''}`,
  () => {
    let nats: NatsEngine;

    beforeEach(async () => {
      nats = await startNats();
    });
    afterEach(() => nats.stop());

    async function manage() {
      return jetstreamManager(await connectBare(nats.url));
    }

    /** Publishes one event after the other, each until it is acknowledged, and keeps those that were. */
    function keepPublishing({ events }: ObservedBus) {
      const acknowledged: EncodedEvent[] = [];
      const failures = { count: 0 };
      let on = true;
      const publishing = (async () => {
        for (let event = newEvent(); on; ) {
          try {
            await events.publish([event]);
            acknowledged.push(event);
            event = newEvent();
          } catch {
            failures.count += 1;
            await new Promise((resolve) => setImmediate(resolve));
          }
        }
      })();
      return {
        acknowledged: acknowledged as readonly EncodedEvent[],
        failures,
        async stop() {
          on = false;
          await publishing;
        },
      };
    }

    const failures: Readonly<Record<string, () => Promise<void>>> = {
      'stopped for a second and more': async () => {
        await nats.pause();
        await expect.poll(() => failed()).toBeGreaterThan(0);
        await nats.resume();
      },
      'killed and started again': async () => {
        await nats.kill();
        await expect.poll(() => failed()).toBeGreaterThan(0);
        await nats.start();
      },
    };
    let failed = () => 0;

    it.each(Object.entries(failures))(
      'loses nothing that it acknowledged when the server is %s',
      async (_, fail) => {
        const bus = await openBus(nats.url, { pingIntervalMs: 500, publishTimeoutMs: 1_000 });
        const { handler, has } = inbox();
        await bus.events.consume('audit', handler);
        const publisher = keepPublishing(bus);
        failed = () => publisher.failures.count;
        await expect
          .poll(() => has(publisher.acknowledged.slice(0, 50)) && publisher.acknowledged.length > 50)
          .toBe(true);
        await fail();
        const before = publisher.acknowledged.length;
        await expect.poll(() => publisher.acknowledged.length).toBeGreaterThan(before + 50);
        await publisher.stop();
        await expect.poll(() => has(publisher.acknowledged)).toBe(true);
      },
    );

    it('creates a deleted stream again, reports it, and goes on publishing and consuming', async () => {
      const bus = await openBus(nats.url);
      const { handler, has } = inbox();
      await bus.events.consume('audit', handler);
      const [before, after] = [newEvent(), newEvent()];
      await bus.events.publish([before]);
      await expect.poll(() => has([before])).toBe(true);
      await (await manage()).streams.delete(STREAM);
      await bus.events.publish([after]);
      await expect.poll(() => has([after])).toBe(true);
      expect(bus.diagnostics).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining('stream ADMIT was gone') }),
      );
    });

    it('creates a deleted consumer again, reports it, and gives it all that the stream holds', async () => {
      const bus = await openBus(nats.url);
      const { handler, has, count } = inbox();
      await bus.events.consume('audit', handler);
      const [before, after] = [newEvent(), newEvent()];
      await bus.events.publish([before]);
      await expect.poll(() => has([before])).toBe(true);
      await (await manage()).consumers.delete(STREAM, 'audit');
      await bus.events.publish([after]);
      await expect.poll(() => has([after]) && count(before) === 2).toBe(true);
      expect(bus.errors).toContainEqual(expect.stringContaining('consumer deleted'));
    });

    it('rejects when the stream is full, and takes events again when it has room', async () => {
      const bus = await openBus(nats.url, { stream: { maxBytes: 100_000 } });
      const large = () => newEvent({ text: noise(15_000) });
      const fill = async () => {
        for (let n = 0; n < 10; n += 1) await bus.events.publish([large()]);
      };
      await expect(fill()).rejects.toMatchObject({ name: 'BusError', code: 'full' });
      const { streams } = await manage();
      const { state } = await streams.info(STREAM);
      expect(state.first_seq).toBe(1);
      await streams.update(STREAM, { max_bytes: 1_000_000 });
      await bus.events.publish([large()]);
    });

    it('stores a batch once that is published again', async () => {
      const bus = await openBus(nats.url);
      const [first, second, third] = [newEvent(), newEvent(), newEvent()];
      await bus.events.publish([first, second]);
      await bus.events.publish([first, second]);
      await bus.events.publish([first, third]);
      const { state } = await (await manage()).streams.info(STREAM);
      expect(state.messages).toBe(2);
    });
  },
);
