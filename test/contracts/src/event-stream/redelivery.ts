import type { Delivery, EventPlace } from '@admit-one/core';
import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import { OFTEN } from '../waiting.ts';
import { batch, brings, type EventStreamTests, inbox } from './subject.ts';

/** Rejects deliveries of these events a number of times, and takes all else. */
function rejecting(events: readonly EventPlace[], times: number) {
  const { handler, ...taken } = inbox();
  const attempts = { rejected: 0 };
  return {
    ...taken,
    attempts,
    async handler(deliveries: readonly Delivery[]) {
      if (attempts.rejected < times && deliveries.some((delivery) => brings(delivery, events))) {
        attempts.rejected += 1;
        throw new Error('this delivery is not taken');
      }
      await handler(deliveries);
    },
  };
}

export const redeliveryTests: EventStreamTests = {
  'delivers again what a handler rejected, until it is taken': async ({ open }) => {
    const { events } = await open();
    const published = batch(2);
    const { handler, has, attempts } = rejecting(published, 3);
    await events.consume(unique('durable'), handler);
    await events.publish(published);
    await expect.poll(() => has(published), OFTEN).toBe(true);
    expect(attempts.rejected).toBe(3);
  },

  'delivers the others too': async ({ open }) => {
    const { events } = await open();
    const published = Array.from({ length: 5 }, () => batch(1));
    const { handler, has } = rejecting(published[2] ?? [], 2);
    await events.consume(unique('durable'), handler);
    for (const one of published) await events.publish(one);
    await expect.poll(() => has(published.flat()), OFTEN).toBe(true);
  },

  'delivers after a stop what was never taken': async ({ open }) => {
    const { events } = await open();
    const durable = unique('durable');
    const published = batch(1);
    const failing = rejecting(published, Number.POSITIVE_INFINITY);
    const running = await events.consume(durable, failing.handler);
    await events.publish(published);
    await expect.poll(() => failing.attempts.rejected, OFTEN).toBeGreaterThan(0);
    await running.stop();

    const { handler, has } = inbox();
    await events.consume(durable, handler);
    await expect.poll(() => has(published), OFTEN).toBe(true);
  },

  'keeps one consumer’s rejections from the others': async ({ open }) => {
    const { events } = await open();
    const published = batch(1);
    const failing = rejecting(published, Number.POSITIVE_INFINITY);
    const { handler, has } = inbox();
    await events.consume(unique('durable'), failing.handler);
    await events.consume(unique('durable'), handler);
    await events.publish(published);
    await expect.poll(() => has(published) && failing.attempts.rejected > 0, OFTEN).toBe(true);
  },
};
