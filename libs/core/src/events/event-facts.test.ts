import { expect, test } from 'vitest';
import type { EventType } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import { storedEvent } from './event.fixture.ts';
import { type EventFacts, factsOf } from './event-facts.ts';

const nothing: EventFacts = {
  ticket: null,
  issuer: null,
  kid: null,
  session: null,
  user: null,
  connection: null,
  reason: null,
  origin: null,
  route: null,
  edge: null,
  pathway: null,
  carrier: null,
  agent: null,
  client: null,
  address: null,
  synthetic: null,
  trace: null,
  attributes: {},
  issuedAt: null,
  count: 1,
};

function eventOf(type: EventType, data: ReceivedEvent['data']): ReceivedEvent {
  return storedEvent(1, { type, subject: 'subject', data });
}

const principal = { issuer: 'main', session: 's', user: 'u' };

test.each<[EventType, ReceivedEvent['data'], Partial<EventFacts>]>([
  ['admit.ticket.issued', {}, { ticket: 'subject' }],
  [
    'admit.ticket.consumed',
    { principal, connection: 'c' },
    { ticket: 'subject', ...principal, connection: 'c' },
  ],
  ['admit.connection.closed', { reason: 'reader_slow' }, { connection: 'subject', reason: 'reader_slow' }],
  ['admit.connection.closed', { connection: 'c', ticketId: 't' }, { connection: 'c', ticket: 't' }],
  ['admit.handshake.rejected', { count: 12 }, { count: 12 }],
  ['admit.ticket.rejected', { count: 1 }, { ticket: 'subject' }],
  ['admit.ticket.rejected', { count: 12 }, { count: 12 }],
  [
    'admit.handshake.rejected',
    { ticketId: 't', reason: 'ticket_missing' },
    { ticket: 't', reason: 'ticket_missing' },
  ],
  [
    'admit.ticket.issued',
    {
      route: 'bound',
      pathway: 'ticket',
      issuedAt: 7,
      context: { route: 'asked', address: '::1', agent: 'a' },
    },
    { ticket: 'subject', route: 'asked', pathway: 'ticket', issuedAt: 7, address: '::1', agent: 'a' },
  ],
  [
    'admit.connection.closed',
    { route: 'bound', principal: { kid: 'k', attributes: { tenant: 'acme', level: 3 } } },
    { connection: 'subject', route: 'bound', kid: 'k', attributes: { tenant: 'acme' } },
  ],
  ['admit.audit.accessed', { address: '::1' }, { address: '::1' }],
  ['admit.ticket.issued', { principal: { synthetic: true } }, { ticket: 'subject', synthetic: 'true' }],
  [
    'admit.issuance.rejected',
    { principal: null, count: 9, synthetic: true },
    { count: 9, synthetic: 'true' },
  ],
  ['admit.service.alive', {}, {}],
])('%s with %j tells %j', (type, data, facts) => {
  expect(factsOf(eventOf(type, data))).toEqual({ ...nothing, ...facts });
});

test.each([
  { principal: 'text', connection: 1, reason: [], ticketId: {}, count: '7' },
  { principal: null, connection: null, reason: null, ticketId: null, count: null },
  { principal: { issuer: 1, session: '', user: null }, reason: '', count: 0 },
  { principal: [], count: 1.5 },
  { count: 2 ** 31 },
])('members of an unexpected form tell nothing: %j', (data) => {
  expect(factsOf(eventOf('admit.handshake.rejected', data))).toEqual(nothing);
});
