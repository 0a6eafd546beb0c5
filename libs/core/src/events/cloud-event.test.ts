import { describe, expect, it } from 'vitest';
import { numbered, parseEvent } from './cloud-event.ts';
import { newEvent, storedEvent } from './event.fixture.ts';

describe('numbered', () => {
  it('makes a CloudEvent that carries its place in its sequence', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(numbered(newEvent({ traceparent, data: { reason: 'ticket_expired' } }), 'p07.epoch', 42)).toEqual({
      specversion: '1.0',
      id: 'p07.epoch.0000000000000042',
      source: 'ticket-service-1',
      type: 'admit.ticket.rejected',
      subject: 'ticket-1',
      time: '2026-01-01T00:00:00.000Z',
      partitionkey: 'p07.epoch',
      sequence: '0000000000000042',
      traceparent,
      data: { reason: 'ticket_expired' },
    });
  });

  it.each(['', '\0', 'no trace', `00-${'0a'.repeat(16)}-${'0b'.repeat(8)}-01-more`])(
    'leaves out the traceparent %j, which would make it invalid or mean nothing',
    (traceparent) => {
      const event = numbered(newEvent({ traceparent }), 'p07.epoch', 42);
      expect(event).not.toHaveProperty('traceparent');
      expect(parseEvent(event)).toBe(event);
    },
  );

  it('leaves traceparent out where there is none: CloudEvents knows no null', () => {
    expect(storedEvent(1)).not.toHaveProperty('traceparent');
  });

  it('orders sequences as strings like numbers', () => {
    const sequences = [1, 9, 10, 99, 1_000_000, Number.MAX_SAFE_INTEGER].map((n) => storedEvent(n).sequence);
    expect([...sequences].sort()).toEqual(sequences);
  });
});

describe('parseEvent', () => {
  const good = storedEvent(1);
  const parse = (over: Record<string, unknown>) =>
    parseEvent(JSON.parse(JSON.stringify({ ...good, ...over })));

  it('gives back what was encoded, and members of later versions with it', () => {
    const sent = { ...good, dataschema: 'https://example.com/schema', later: { version: 2 } };
    expect(parseEvent(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
  });

  it.each([null, undefined, 1, 'event', [], [good]])('rejects what is no object: %j', (value) => {
    expect(parseEvent(value)).toHaveProperty('issue');
  });

  it.each(['id', 'source', 'subject', 'time', 'partitionkey', 'sequence'])('rejects a bad %s', (member) => {
    for (const bad of [undefined, null, '', 1, {}, ['x'], 'x'.repeat(513), `${'x'.repeat(15)}\0`])
      expect(parse({ [member]: bad })).toEqual({ issue: expect.stringContaining(member) });
  });

  it.each([
    ['specversion', ['1.1', '0.3', 1, undefined]],
    ['type', ['admit.ticket.lost', '', 'toString', null, undefined]],
    [
      'time',
      [
        'yesterday',
        '1',
        '2026-01-01',
        '2026-01-01T00:00:00',
        '2026-02-30T00:00:00Z',
        '0000-01-01T00:00:00+23:59',
      ],
    ],
    ['sequence', ['0000000000000000', '1', '-000000000000001', '00000000000000001', '000000000000001x']],
    ['sequence', ['9999999999999999']],
    ['traceparent', [1, null, '']],
    ['data', [undefined, null, 'text', 1, []]],
  ])('rejects a bad %s: %j', (member, values) => {
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
  ])('rejects %s under the partition key %s: the numbering is not its publisher’s', (type, partitionkey) => {
    expect(parse({ type, partitionkey })).toEqual({ issue: expect.stringContaining(partitionkey) });
  });

  it.each([
    ['admit.ticket.consumed', 'p15.epoch'],
    ['admit.handshake.rejected', 'ws-edge-1'],
  ])('takes %s under the partition key %s', (type, partitionkey) => {
    expect(parse({ type, partitionkey })).toMatchObject({ type, partitionkey });
  });
});
