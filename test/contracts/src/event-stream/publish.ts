import { randomBytes } from 'node:crypto';
import { type EncodedEvent, encodeBatch, MAX_BATCH_BYTES, subjectOf } from '@admit-one/core';
import { expect } from 'vitest';
import { decode, encodedEvent, unique } from '../sample-events.ts';
import { OFTEN } from '../waiting.ts';
import { batch, brings, type EventStreamTests, inbox } from './subject.ts';

/** A text of so many characters that does not get shorter by being compressed, or by no more than a quarter. */
function noise(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}

/** Events of one type, none above 16 KiB, that are so many bytes large as a batch. */
function batchOfBytes(bytes: number): readonly EncodedEvent[] {
  const [source, subject, partitionkey] = [unique('source'), unique('subject'), unique('instance')];
  const length = Math.ceil(bytes / 16_384) + 1;
  const filled = (fill: (n: number) => number) =>
    Array.from({ length }, (_, n) =>
      encodedEvent({ source, subject, partitionkey, sequence: n + 1, data: { text: noise(fill(n)) } }),
    );
  const room = bytes - encodeBatch(filled(() => 0)).byteLength;
  const each = Math.floor(room / length);
  return filled((n) => (n === 0 ? room - each * (length - 1) : each));
}

export const publishTests: EventStreamTests = {
  'sends one message per batch, a JSON array under the subject of its type': async ({ open }) => {
    const { events } = await open();
    const { handler, has, deliveries } = inbox();
    await events.consume(unique('durable'), handler);
    const batches = [
      batch(3),
      batch(1, { type: 'admit.service.alive', data: { text: 'ü 🎟', list: [], nothing: null } }),
      batch(2, {
        type: 'admit.ticket.issued',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      }),
    ];
    for (const published of batches) await events.publish(published);
    await expect.poll(() => has(batches.flat()), OFTEN).toBe(true);
    for (const published of batches) {
      const messages = deliveries.filter((delivery) => brings(delivery, published));
      for (const { subject, body } of messages) {
        expect(subject).toBe(subjectOf((published[0] as EncodedEvent).type));
        expect(JSON.parse(Buffer.from(body).toString())).toEqual(published.map(decode));
      }
    }
  },

  'takes a batch of 256 KiB, and no larger': async ({ open }) => {
    const { events } = await open();
    const { handler, has, deliveries } = inbox();
    await events.consume(unique('durable'), handler);
    const largest = batchOfBytes(MAX_BATCH_BYTES);
    const tooLarge = batchOfBytes(MAX_BATCH_BYTES + 16_384);
    expect(encodeBatch(largest).byteLength).toBe(MAX_BATCH_BYTES);
    expect(Math.max(...largest.map(({ json }) => json.byteLength))).toBeLessThanOrEqual(16_384);
    await expect(events.publish(tooLarge)).rejects.toMatchObject({ name: 'BusError', code: 'too_big' });
    await events.publish(largest);
    await expect.poll(() => has(largest), OFTEN).toBe(true);
    expect(deliveries.some((delivery) => brings(delivery, tooLarge))).toBe(false);
  },

  'rejects a batch of several types, which is a bug of the caller': async ({ open }) => {
    const { events } = await open();
    const { handler, has, deliveries } = inbox();
    await events.consume(unique('durable'), handler);
    const mixed = [encodedEvent(), encodedEvent({ type: 'admit.connection.renewed' })];
    const after = batch(1);
    await expect(events.publish(mixed)).rejects.toBeInstanceOf(TypeError);
    await events.publish(after);
    await expect.poll(() => has(after), OFTEN).toBe(true);
    expect(deliveries.some((delivery) => brings(delivery, mixed))).toBe(false);
  },

  'takes many batches at once': async ({ open }) => {
    const { events } = await open();
    const { handler, has } = inbox();
    await events.consume(unique('durable'), handler);
    const batches = Array.from({ length: 100 }, (_, n) => batch(1 + (n % 3)));
    await Promise.all(batches.map((published) => events.publish(published)));
    await expect.poll(() => has(batches.flat()), OFTEN).toBe(true);
  },

  'rejects what a full stream has no room for, and discards nothing': async ({ open }) => {
    const { events } = await open({ maxBytes: 1024 * 1024 });
    const stored: EncodedEvent[] = [];
    const fill = async () => {
      for (let n = 0; n < 20; n += 1) {
        const published = batchOfBytes(8 * 16_384);
        await events.publish(published);
        stored.push(...published);
      }
    };
    await expect(fill()).rejects.toMatchObject({ name: 'BusError', code: 'full' });
    expect(stored.length).toBeGreaterThan(0);
    const { handler, has } = inbox();
    await events.consume(unique('durable'), handler);
    await expect.poll(() => has(stored), OFTEN).toBe(true);
  },
};
