import { randomBytes } from 'node:crypto';
import { type EventType, eventCatalogue, eventRow, parseEvent, type ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, type SampleFilter, unique } from '../sample-events.ts';
import { type AuditLogTests, findAll } from './subject.ts';

/** Values that mean something to a query language, a pattern or an index. Each is made unique by a prefix. */
const hostileValues: readonly string[] = [
  `' OR '1'='1`,
  `'; DROP TABLE events; --`,
  `" OR ""="`,
  '$1 $$ :name @name ?',
  '%',
  '_',
  '100%_\\%',
  '\\',
  "\\'",
  '{"$ne":null}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  'line\r\nbreak\ttab\u001b[31m',
  'ünïcödé 漢字 🎟 \u202e',
  '__proto__',
];

const matchingOf: Readonly<
  Record<string, (value: string) => { filter: SampleFilter; sample: Parameters<typeof cloudEvent>[0] }>
> = {
  ticket: (ticket) => ({
    filter: { ticket },
    sample: { type: 'admit.ticket.issued', subject: ticket, partitionkey: `p03.${unique('epoch')}` },
  }),
  session: (session) => ({ filter: { session }, sample: { data: { principal: { session } } } }),
  user: (user) => ({ filter: { user }, sample: { data: { principal: { user } } } }),
  connection: (connection) => ({ filter: { connection }, sample: { data: { connection } } }),
  reason: (reason) => ({ filter: { reason }, sample: { data: { reason } } }),
};

/** Pairs that are equal to something careless: the first must not be found by the second, nor the other way. */
function lookAlikes(): readonly (readonly [string, string])[] {
  const base = unique('value');
  return [
    [`${base}%`, `${base}x`],
    [`${base}_`, `${base}y`],
    [`${base}\\`, `${base}\\\\`],
    [`${base}ABC`, `${base}abc`],
    [`${base}é`, `${base}e\u0301`],
    [`${base}z`, `${base}z `],
  ];
}

export const hostileValueTests: AuditLogTests = {
  ...Object.fromEntries(
    Object.entries(matchingOf).map(([fact, matching]): [string, AuditLogTests[string]] => [
      `matches any ${fact} literally`,
      async ({ log }) => {
        for (const value of hostileValues.map((hostile) => unique('v') + hostile)) {
          const { filter, sample } = matching(value);
          const event = cloudEvent(sample);
          await appendEvents(log, [event]);
          expect(await findAll(log, filter), JSON.stringify(value)).toEqual([event]);
        }
      },
    ]),
  ),

  'tells values apart that look alike': async ({ log }) => {
    for (const pair of lookAlikes()) {
      const events = pair.map((user) => cloudEvent({ data: { principal: { user } } }));
      await appendEvents(log, events);
      const found = await Promise.all(pair.map((user) => findAll(log, { user })));
      expect(found, JSON.stringify(pair)).toEqual(events.map((event) => [event]));
    }
  },

  'survives a query for hostile values that no event has': async ({ log }) => {
    for (const value of [...hostileValues, '\0', '\ud800', '']) {
      const filter = { ticket: value, session: value, user: value, connection: value, reason: value };
      expect(await findAll(log, filter), JSON.stringify(value)).toEqual([]);
    }
  },

  'stores every event that has the form of one, whatever its type and its data': async ({ log }) => {
    const odd: readonly ReceivedEvent['data'][] = [
      // Stands for many, so that it is of no one ticket.
      { count: 2 ** 31 - 1, lastSequence: Number.MAX_SAFE_INTEGER, service: '\0', previousEpoch: '\0' },
      { connection: 'c', context: { edge: 'NUL \0', origin: '\0', agent: '\ud800', address: '\0' } },
      ...[-9e15, -1, 9e15].map((ms) => ({ issuedAt: ms, expiresAt: ms, upgradeMs: ms, durationMs: ms })),
      { text: 'NUL \0, lone surrogates \ud800 and \udc00' },
      { 'key \0': { '\ud800': 1 } },
      { principal: 'a string', reason: 7, connection: {}, count: 'many' },
      { principal: [], reason: [], connection: null, count: -1 },
      { principal: { session: 1, user: {} }, reason: '', count: 1e300 },
      { principal: { session: 'NUL \0', user: '\ud800' }, reason: 'NUL \0', connection: '\0' },
      JSON.parse('{"__proto__": {"reason": "polluted"}, "constructor": 1}'),
    ];
    const time = Date.now();
    for (const type of Object.keys(eventCatalogue) as EventType[]) {
      const ticket = unique('ticket');
      const partitionkey =
        eventRow(type).numberedBy === 'store' ? `p03.${unique('epoch')}` : unique('instance');
      const events = odd.map((data, n) =>
        cloudEvent({ type, subject: ticket, partitionkey, sequence: n + 1, time, data }),
      );
      for (const event of events) expect(parseEvent(event)).toBe(event);
      expect((await appendEvents(log, events)).stored, type).toEqual(events);
      const ofTicket = eventRow(type).subject === 'ticket' ? events.slice(1) : [];
      expect(await findAll(log, { ticket }), type).toEqual(ofTicket);
    }
    await log.totals();
  },

  'counts on where a sum is above the largest number that a column holds': async ({ log }) => {
    const [partitionkey, subject] = [`p03.${unique('epoch')}`, unique('ticket')];
    const data = { upgradeMs: Number.MAX_SAFE_INTEGER };
    for (const first of [1, 1_025]) {
      const events = Array.from({ length: 1_024 }, (_, n) =>
        cloudEvent({ type: 'admit.ticket.consumed', subject, partitionkey, sequence: first + n, data }),
      );
      expect((await appendEvents(log, events)).stored).toHaveLength(events.length);
    }
  },

  'finds by a value of thousands of characters': async ({ log }) => {
    const session = randomBytes(6_000).toString('base64url');
    const event = cloudEvent({ data: { principal: { session, user: session }, reason: session } });
    await appendEvents(log, [event]);
    expect(await findAll(log, { session, user: session, reason: session })).toEqual([event]);
  },

  'keeps any bytes as a dead letter': async ({ log }) => {
    const bodies = [
      new Uint8Array(),
      Uint8Array.of(0),
      Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x00, 0x80),
      randomBytes(300 * 1024),
      Buffer.from('{"not": "an event"'),
    ];
    await log.keepDeadLetters([]);
    await log.keepDeadLetters(bodies.map((body) => ({ subject: 'admit.event.x', issue: 'not JSON', body })));
    await log.keepDeadLetters([
      { subject: "admit.event.'; --", issue: 'Unexpected token \0, \ud800', body: Uint8Array.of(1) },
    ]);
  },
};
