import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventType } from './catalogue.ts';
import { MAX_EVENT_BYTES, numbered } from './cloud-event.ts';
import {
  batchesOf,
  type EncodedEvent,
  encodeBatch,
  encodeEvent,
  MAX_BATCH_BYTES,
  readEncoded,
} from './encoded-event.ts';
import { decoded, encodedEvent, newEvent } from './event.fixture.ts';

describe('an encoded event', () => {
  const event = newEvent({ data: { agent: 'Žlutý 🐎 \u0000 "', nothing: null } });

  it('is the numbered event as JSON', () => {
    const encoded = encodeEvent(event, 'p07.epoch', 42);
    expect(decoded([encoded])).toEqual([numbered(event, 'p07.epoch', 42)]);
    expect(encoded).toMatchObject({
      type: event.type,
      partitionkey: 'p07.epoch',
      sequence: '0000000000000042',
    });
  });

  it('is read back from its JSON without decoding it', () => {
    const encoded = encodeEvent(event, 'p07.epoch', 42);
    expect(readEncoded(encoded.json)).toEqual(encoded);
  });

  it.each(['', '{}', JSON.stringify({ type: event.type, partitionkey: 'p07.epoch', sequence: '1' })])(
    'is not %j',
    (json) => expect(() => readEncoded(Buffer.from(json))).toThrow(TypeError),
  );
});

describe('a batch', () => {
  it('is a JSON array of its events', () => {
    const events = [encodedEvent(1), encodedEvent(2, { data: { agent: 'Žlutý 🐎' } })];
    expect(JSON.parse(Buffer.from(encodeBatch(events)).toString())).toEqual(decoded(events));
    expect(Buffer.from(encodeBatch([])).toString()).toBe('[]');
  });
});

describe('batches', () => {
  const types: readonly EventType[] = [
    'admit.ticket.issued',
    'admit.ticket.reserved',
    'admit.ticket.consumed',
  ];
  const event = fc.record({ type: fc.constantFrom(...types), bytes: fc.nat(MAX_EVENT_BYTES - 500) });
  const events = fc
    .array(event, { maxLength: 80, size: 'max' })
    .map((sizes) => sizes.map(({ type, bytes }, n) => sized(n + 1, type, bytes)));

  function sized(sequence: number, type: EventType, bytes: number): EncodedEvent {
    return encodedEvent(sequence, { type, data: { pad: 'x'.repeat(bytes) } });
  }

  it('are of one type each, keep the order within it, and lose nothing', () => {
    fc.assert(
      fc.property(events, (all) => {
        const batches = batchesOf(all);
        for (const batch of batches) expect(new Set(batch.map(({ type }) => type)).size).toBe(1);
        for (const type of types) {
          const sequences = (events: readonly EncodedEvent[]) =>
            events.filter((event) => event.type === type).map(({ sequence }) => sequence);
          expect(sequences(batches.flat())).toEqual(sequences(all));
        }
        expect(batches.flat()).toHaveLength(all.length);
      }),
    );
  });

  it.each([1, 100, 4_000, MAX_EVENT_BYTES - 500])(
    'of events with %i bytes of data are filled to the bound',
    (bytes) => {
      const all = Array.from({ length: 2_000 }, (_, n) => sized(n + 1, 'admit.ticket.issued', bytes));
      const sizes = batchesOf(all).map((batch) => encodeBatch(batch).byteLength);
      const oneMore = all[0]!.json.byteLength + ','.length;
      expect(sizes.length).toBeGreaterThan(1);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
      expect(Math.min(...sizes.slice(0, -1)) + oneMore).toBeGreaterThanOrEqual(MAX_BATCH_BYTES);
    },
  );

  it('are empty without events', () => expect(batchesOf([])).toEqual([]));
});
