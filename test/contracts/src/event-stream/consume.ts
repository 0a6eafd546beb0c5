import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import { gate, OFTEN } from '../waiting.ts';
import { batch, type EventStreamTests, eventsIn, inbox } from './subject.ts';

export const consumeTests: EventStreamTests = {
  'delivers what was published before the consumer existed': async ({ open }) => {
    const { events } = await open();
    const published = batch(3);
    await events.publish(published);
    const { handler, has } = inbox();
    await events.consume(unique('durable'), handler);
    await expect.poll(() => has(published), OFTEN).toBe(true);
  },

  'delivers what was published while the consumer was away': async ({ open }) => {
    const { events } = await open();
    const durable = unique('durable');
    const [early, late] = [batch(2), batch(2)];
    const first = inbox();
    const running = await events.consume(durable, first.handler);
    await events.publish(early);
    await expect.poll(() => first.has(early), OFTEN).toBe(true);
    await running.stop();

    await events.publish(late);
    const second = inbox();
    await events.consume(durable, second.handler);
    await expect.poll(() => second.has(late), OFTEN).toBe(true);
  },

  'knows how many messages a consumer has not acknowledged': async ({ open }) => {
    const { events } = await open();
    const durable = unique('durable');
    const { handler } = inbox();
    const [entered, held] = [gate(), gate()];
    const running = await events.consume(durable, handler);
    await expect.poll(() => events.pending(durable), OFTEN).toBe(0);
    await running.stop();
    const published = batch(3);
    for (const event of published) await events.publish([event]);
    expect(await events.pending(durable)).toBeGreaterThanOrEqual(3);
    expect(await events.pending(unique('durable'))).toBeGreaterThanOrEqual(3);
    const second = inbox();
    await events.consume(durable, async (deliveries) => {
      entered.open();
      await held.opened;
      await second.handler(deliveries);
    });
    await entered.opened;
    expect(await events.pending(durable)).toBeGreaterThanOrEqual(3);
    held.open();
    await expect.poll(() => second.has(published), OFTEN).toBe(true);
    await expect.poll(() => events.pending(durable), OFTEN).toBe(0);
  },

  'goes on behind what was handled, under the same name': async ({ open }) => {
    const { events } = await open();
    const durable = unique('durable');
    const handled = batch(2);
    await events.publish(handled);
    for (let life = 0; life < 3; life += 1) {
      const mine = inbox();
      const running = await events.consume(durable, mine.handler);
      const published = batch(1);
      await events.publish(published);
      await expect.poll(() => mine.has(published), OFTEN).toBe(true);
      await running.stop();
      expect(mine.has(handled)).toBe(life === 0);
    }
  },

  'gives each durable consumer everything': async ({ open }) => {
    const { events } = await open();
    const inboxes = [inbox(), inbox(), inbox()];
    for (const { handler } of inboxes) await events.consume(unique('durable'), handler);
    const published = Array.from({ length: 10 }, () => batch(2));
    for (const one of published) await events.publish(one);
    for (const { has } of inboxes) await expect.poll(() => has(published.flat()), OFTEN).toBe(true);
  },

  'lets no consumer harm another by what it does to a delivery': async ({ open }) => {
    const { events } = await open();
    const published = batch(2);
    const spoilt = gate();
    const { handler, has } = inbox();
    await events.consume(unique('durable'), async (deliveries) => {
      for (const { body } of deliveries) body.fill(0);
      spoilt.open();
    });
    await events.consume(unique('durable'), async (deliveries) => {
      await spoilt.opened;
      await handler(deliveries);
    });
    await events.publish(published);
    await expect.poll(() => has(published), OFTEN).toBe(true);
  },

  'stores while a handler is held up': async ({ open }) => {
    const { events } = await open();
    const held = gate();
    const { handler, has } = inbox();
    await events.consume(unique('durable'), async (deliveries) => {
      await held.opened;
      await handler(deliveries);
    });
    const published = Array.from({ length: 20 }, () => batch(1));
    for (const one of published) await events.publish(one);
    held.open();
    await expect.poll(() => has(published.flat()), OFTEN).toBe(true);
  },

  'never calls a handler with nothing': async ({ open }) => {
    const { events } = await open();
    const sizes: number[] = [];
    const { handler, has } = inbox();
    await events.consume(unique('durable'), async (deliveries) => {
      sizes.push(deliveries.length, ...deliveries.map((delivery) => eventsIn(delivery).length));
      await handler(deliveries);
    });
    const published = [batch(1), batch(1)];
    for (const one of published) await events.publish(one);
    await expect.poll(() => has(published.flat()), OFTEN).toBe(true);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  },

  'begins deliveries some time apart, since storing few events costs as much as storing many': async ({
    open,
  }) => {
    const { events } = await open();
    const durable = unique('durable');
    const { handler, has } = inbox();
    const begun: number[] = [];
    await events.consume(durable, async (deliveries) => {
      begun.push(performance.now());
      await handler(deliveries);
    });
    // What others have left in the stream.
    await expect.poll(() => events.pending(durable), OFTEN).toBe(0);
    begun.length = 0;
    for (const published of [batch(1), batch(1), batch(1), batch(1), batch(1)]) {
      await events.publish(published);
      await expect.poll(() => has(published), OFTEN).toBe(true);
    }
    expect(begun).toHaveLength(5);
    // The first handler may be called a moment after its delivery has begun.
    expect(Math.max(...begun) - Math.min(...begun)).toBeGreaterThan(4 * 200 - 100);
  },
};
