import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EventType } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import { storedEvent } from './event.fixture.ts';
import { factsOf } from './event-facts.ts';
import { countedClients, countsOf } from './log-counters.ts';

const TIME = Date.UTC(2026, 0, 1);

function countsFor(type: EventType, data: ReceivedEvent['data']): Readonly<Record<string, number>> {
  const event = storedEvent(1, { type, time: TIME, data }) as ReceivedEvent;
  const { [`events ${type} -`]: itself, ...others } = Object.fromEntries(countsOf(event, factsOf(event)));
  if (itself !== undefined) expect(itself).toBe(1);
  return others;
}

test.each<[EventType, ReceivedEvent['data'], Readonly<Record<string, number>>]>([
  ['admit.ticket.issued', { pathway: 'ticket' }, { 'tickets issued ticket': 1 }],
  ['admit.ticket.reserved', { pathway: 'jwt' }, { 'tickets reserved jwt': 1 }],
  ['admit.ticket.revoked', { pathway: 'of a later version' }, { 'tickets revoked ticket': 1 }],
  [
    'admit.ticket.consumed',
    { issuedAt: TIME - 400, upgradeMs: 250, client: 'admit-one/0.1.0' },
    {
      'tickets consumed ticket': 1,
      'clients admit-one/0.1.0': 1,
      ...{ 'issue_to_consume 2': 1, 'issue_to_consume sum': 400, 'upgrade 3': 1, 'upgrade sum': 250 },
    },
  ],
  [
    'admit.ticket.consumed',
    { client: 'curl/8', upgradeMs: -1 },
    { 'tickets consumed ticket': 1, 'clients other': 1 },
  ],
  [
    'admit.connection.closed',
    { code: 1006, durationMs: 9_999.5 },
    { 'closes 1006': 1, 'connection_duration 1': 1, 'connection_duration sum': 10_000 },
  ],
  [
    'admit.connection.closed',
    { code: 3999, durationMs: 1e9 },
    {
      'closes other': 1,
      'tickets stayed ticket': 1,
      ...{ 'connection_duration 8': 1, 'connection_duration sum': 1e9 },
    },
  ],
  ['admit.connection.closed', { code: '1000', durationMs: 'long' }, { 'closes other': 1 }],
  [
    'admit.handshake.rejected',
    { reason: 'origin_blocked', count: 7 },
    { 'events admit.handshake.rejected origin_blocked': 7 },
  ],
  [
    'admit.handshake.rejected',
    { reason: 'of a later version' },
    { 'events admit.handshake.rejected other': 1 },
  ],
  ['admit.service.started', { service: 'ws-edge' }, { 'starts ws-edge': 1 }],
  ['admit.service.started', { service: 'of a later version' }, {}],
  ['admit.audit.accessed', { operator: { from: 'break_glass' } }, { break_glass: 1 }],
  ['admit.audit.accessed', { operator: 'ann' }, {}],
  ['admit.store.started', {}, {}],
])('%s with %j adds %j', (type, data, counts) => {
  expect(countsFor(type, data)).toEqual(counts);
});

test('an event of a probe adds nothing', () => {
  const data = { principal: { synthetic: true }, issuedAt: TIME, upgradeMs: 1 };
  const event = storedEvent(1, { type: 'admit.ticket.consumed', data }) as ReceivedEvent;
  expect(countsOf(event, factsOf(event))).toEqual([]);
});

test('the browser client of this release is counted by its name', () => {
  const manifest = new URL('../../../client/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  expect(countedClients).toContain(`admit-one/${version}`);
});
