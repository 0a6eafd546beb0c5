import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchesOf,
  byteLength,
  type CloudEvent,
  encodeBatch,
  MAX_BATCH_BYTES,
  MAX_EVENT_BYTES,
  numbered,
  parseEvent,
} from './cloud-event.ts';
import { newEvent, storedEvent } from './event.fixture.ts';
import type { EventType } from './event-types.ts';

describe('numbered', () => {
  it('makes a CloudEvent that carries its place in its sequence', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(numbered(newEvent({ traceparent }), 'p07.epoch', 42)).toEqual({
      specversion: '1.0',
      id: 'event-1',
      source: 'ticket-service-1',
      type: 'admit.ticket.rejected',
      subject: 'ticket-1',
      time: '2026-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      partitionkey: 'p07.epoch',
      sequence: '0000000000000042',
      traceparent,
      data: { reason: 'ticket_expired' },
    });
  });

  it('leaves traceparent out where there is none: CloudEvents knows no null', () => {
    expect(storedEvent(1)).not.toHaveProperty('traceparent');
  });

  it('orders sequences as strings like numbers', () => {
    const sequences = [1, 9, 10, 99, 1_000_000, Number.MAX_SAFE_INTEGER].map((n) => storedEvent(n).sequence);
    expect([...sequences].sort()).toEqual(sequences);
  });
});

describe('the size of an event', () => {
  it('is counted in bytes of UTF-8, as it goes over the wire', () => {
    const event = storedEvent(1, { data: { agent: 'Žlutý 🐎' } });
    expect(byteLength(event)).toBe(encodeBatch([event]).byteLength - '[]'.length);
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

  function sized(sequence: number, type: EventType, bytes: number): CloudEvent {
    return storedEvent(sequence, { type, data: { pad: 'x'.repeat(bytes) } });
  }

  it('are of one type each, keep the order within it, and lose nothing', () => {
    fc.assert(
      fc.property(events, (all) => {
        const batches = batchesOf(all);
        for (const batch of batches) expect(new Set(batch.map(({ type }) => type)).size).toBe(1);
        for (const type of types) {
          const ofType = (event: CloudEvent) => event.type === type;
          expect(batches.flat().filter(ofType)).toEqual(all.filter(ofType));
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
      const oneMore = byteLength(all[0]!) + ','.length;
      expect(sizes.length).toBeGreaterThan(1);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
      expect(Math.min(...sizes.slice(0, -1)) + oneMore).toBeGreaterThanOrEqual(MAX_BATCH_BYTES);
    },
  );

  it('are none where there is no event', () => expect(batchesOf([])).toEqual([]));
});

describe('parseEvent', () => {
  const good = storedEvent(1);
  const parse = (over: Record<string, unknown>) =>
    parseEvent(JSON.parse(JSON.stringify({ ...good, ...over })));

  it('gives back what was encoded, and members of later versions with it', () => {
    const sent = { ...good, dataschema: 'https://example.com/schema', later: { version: 2 } };
    const [received] = JSON.parse(Buffer.from(encodeBatch([sent])).toString());
    expect(parseEvent(received)).toEqual(sent);
  });

  it.each([null, undefined, 1, 'event', [], [good]])('refuses what is no object: %j', (value) => {
    expect(parseEvent(value)).toHaveProperty('issue');
  });

  it.each(['id', 'source', 'subject', 'time', 'partitionkey', 'sequence'])('refuses a bad %s', (member) => {
    for (const bad of [undefined, null, '', 1, {}, ['x'], 'x'.repeat(513), `${'x'.repeat(15)}\0`])
      expect(parse({ [member]: bad })).toEqual({ issue: expect.stringContaining(member) });
  });

  it.each([
    ['specversion', ['1.1', '0.3', 1, undefined]],
    ['type', ['admit.ticket.lost', '', 'toString', null, undefined]],
    [
      'time',
      ['yesterday', '1', '2026-01-01', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z'],
    ],
    ['sequence', ['0000000000000000', '1', '-000000000000001', '00000000000000001', '000000000000001x']],
    ['sequence', ['9999999999999999']],
    ['traceparent', [1, null, '']],
    ['data', [undefined, null, 'text', 1, []]],
  ])('refuses a bad %s: %j', (member, values) => {
    for (const bad of values)
      expect(parse({ [member]: bad })).toEqual({ issue: expect.stringContaining(member) });
  });

  it.each(['2026-01-01T00:00:00Z', '2024-02-29T23:59:59.123456Z', '2026-01-01T01:00:00+01:00'])(
    'takes the time %s',
    (time) => expect(parse({ time })).toMatchObject({ time }),
  );

  it.each([
    ['admit.ticket.consumed', 'ws-edge-1'],
    ['admit.store.started', 'p16.epoch'],
    ['admit.handshake.rejected', 'p00.epoch'],
    ['admit.service.stopped', 'p15.epoch'],
  ])('refuses %s under the partition key %s: the numbering is not its publisher’s', (type, partitionkey) => {
    expect(parse({ type, partitionkey })).toEqual({ issue: expect.stringContaining(partitionkey) });
  });

  it.each([
    ['admit.ticket.consumed', 'p15.epoch'],
    ['admit.handshake.rejected', 'ws-edge-1'],
  ])('takes %s under the partition key %s', (type, partitionkey) => {
    expect(parse({ type, partitionkey })).toMatchObject({ type, partitionkey });
  });
});
