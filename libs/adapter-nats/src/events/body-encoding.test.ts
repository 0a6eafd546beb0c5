import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import {
  type EncodedEvent,
  encodeBatch,
  encodeEvent,
  eventCatalogue,
  MAX_BATCH_BYTES,
  type NewEvent,
  newId,
} from '@admit-one/core';
import { admissionTypes } from '@admit-one/port-contracts';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBare, inbox, newEvent, noise, openBus } from '../nats-bus.fixture.ts';
import { compressBody, DICTIONARY, readBody } from './body-encoding.ts';
import { STREAM } from './stream-config.ts';

const missing = missingEngines('nats');

/** The events of one admission, with ids of their own. */
function admission(): readonly EncodedEvent[] {
  return admissionTypes.map((type, n) => {
    const { example: data } = eventCatalogue[type];
    const [source, subject] = [newId(), createHash('sha256').update(newId()).digest('base64url')];
    const traceparent = `00-${newId().padEnd(32, '0')}-b7ad6b7169203331-01`;
    const event = { type, source, subject, time: Date.now(), traceparent, data } as unknown as NewEvent;
    return encodeEvent(event, `p00.${newId()}`, n + 1);
  });
}

const deflated = headers();
deflated.set('content-encoding', 'deflate');

describe('the body of a message', () => {
  it('is read as it was, of any size', () => {
    for (const text of ['[]', `["${noise(150_000)}"]`, 'x'.repeat(MAX_BATCH_BYTES)]) {
      const body = Buffer.from(text);
      expect(Buffer.from(readBody(compressBody(body), deflated)).equals(body)).toBe(true);
    }
  });

  it('is as it came where it was not compressed, is damaged, or grows beyond a batch', () => {
    const plain = Buffer.from('[{"specversion":"1.0"}]');
    const bomb = deflateSync(Buffer.alloc(50 * 2 ** 20));
    expect(readBody(plain, undefined)).toBe(plain);
    for (const body of [plain, bomb, compressBody(plain).subarray(0, 10)])
      expect(readBody(body, deflated)).toBe(body);
    const other = deflateSync(plain, { dictionary: Buffer.from(`${DICTIONARY} `) });
    expect(readBody(other, deflated)).toBe(other);
  });

  it('names a dictionary that never changes', () => {
    // Messages in the streams of others are compressed with it.
    expect(compressBody(Buffer.from('[]')).subarray(2, 6)).toEqual(Buffer.from([0x69, 0x88, 0x6a, 0x2e]));
  });

  it('takes half as much for a single event, and a fifth for those of many', () => {
    const each = admission().map((event) => encodeBatch([event]));
    const sum = (bodies: readonly Uint8Array[]) => bodies.reduce((bytes, body) => bytes + body.byteLength, 0);
    expect(sum(each.map(compressBody))).toBeLessThan(sum(each) / 2);
    const many = encodeBatch(Array.from({ length: 20 }, admission).flat());
    expect(compressBody(many).byteLength).toBeLessThan(many.byteLength / 5);
  });
});

describe.skipIf(missing)(`messages of the stream${missing ? `, skipped: ${missing}` : ''}`, () => {
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats?.stop());

  it('are delivered in both forms: that of an earlier version has no encoding', async () => {
    const bus = await openBus(nats.url);
    const [plain, compressed] = [newEvent(), newEvent()];
    const nc = await connectBare(nats.url);
    await jetstream(nc).publish('admit.event.connection.closed', encodeBatch([plain]));
    await bus.events.publish([compressed]);
    const { handler, has } = inbox();
    await bus.events.consume('audit', handler);
    await expect.poll(() => has([plain, compressed])).toBe(true);
  });

  it.each([
    [1, 2_200],
    [10, 1_000],
  ])('of %i admissions that come together take at most %i bytes for each', async (count, most) => {
    const bus = await openBus(nats.url);
    const { streams } = await jetstreamManager(await connectBare(nats.url));
    const { state: before } = await streams.info(STREAM);
    const admissions = Array.from({ length: count }, admission);
    for (const [n] of admissionTypes.entries())
      await bus.events.publish(admissions.map((events) => events[n] as EncodedEvent));
    const { state } = await streams.info(STREAM);
    expect((state.bytes - before.bytes) / count).toBeLessThan(most);
  });
});
