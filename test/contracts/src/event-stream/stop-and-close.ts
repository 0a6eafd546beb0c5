import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import { gate, OFTEN, settling } from '../waiting.ts';
import { batch, type EventStreamTests, inbox } from './subject.ts';

export const stopTests: EventStreamTests = {
  'waits at a stop for the handler in hand': async ({ open }) => {
    const { events } = await open();
    const [entered, held] = [gate(), gate()];
    const running = await events.consume(unique('durable'), async () => {
      entered.open();
      await held.opened;
    });
    await events.publish(batch(1));
    await entered.opened;
    const stopping = running.stop();
    const watch = settling(stopping);
    await events.publish(batch(1));
    expect(watch.settled).toBe(false);
    held.open();
    await stopping;
  },

  'delivers nothing more after a stop': async ({ open }) => {
    const { events } = await open();
    const [stopped, other] = [inbox(), inbox()];
    const running = await events.consume(unique('durable'), stopped.handler);
    await events.consume(unique('durable'), other.handler);
    await running.stop();
    const seen = stopped.deliveries.length;
    const published = batch(1);
    await events.publish(published);
    await expect.poll(() => other.has(published), OFTEN).toBe(true);
    expect(stopped.deliveries).toHaveLength(seen);
  },

  'may be stopped twice, and closed after': async ({ open }) => {
    const bus = await open();
    const running = await bus.events.consume(unique('durable'), inbox().handler);
    await Promise.all([running.stop(), running.stop()]);
    await running.stop();
    await bus.close();
    await running.stop();
  },

  'stops its consumers when it is closed': async ({ open }) => {
    const bus = await open();
    const [entered, held] = [gate(), gate()];
    const finished = { value: false };
    await bus.events.consume(unique('durable'), async () => {
      entered.open();
      await held.opened;
      finished.value = true;
    });
    await bus.events.publish(batch(1));
    await entered.opened;
    const closing = bus.close();
    held.open();
    await closing;
    expect(finished.value).toBe(true);
  },

  'is disconnected after close': async ({ open }) => {
    const bus = await open();
    expect(bus.connected).toBe(true);
    await bus.close();
    await bus.close();
    expect(bus.connected).toBe(false);
    const disconnected = { name: 'BusError', code: 'disconnected' };
    await expect(bus.events.publish(batch(1))).rejects.toMatchObject(disconnected);
    await expect(bus.events.consume(unique('durable'), inbox().handler)).rejects.toMatchObject(disconnected);
  },
};
