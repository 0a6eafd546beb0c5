import { type AuditFilter, proofOf, ticketIdOf } from '@admit-one/core';
import { expect, test } from 'vitest';
import { parametersOf } from '../query/parameters.ts';
import { readFilter } from '../query/read-filter.ts';
import { queryText } from './query-text.ts';

const ticket = '0123456789abcdef0123456789abcdef';
const ticketId = ticketIdOf(proofOf(ticket));
const read = (query: object): AuditFilter => readFilter(parametersOf(query), 0);

test.each<[object, string]>([
  [{}, ''],
  [
    { reason: ['ticket_replayed', 'rate_limited'], 'user!': 'ann', from: '2026-01-31T11:00:00Z' },
    'reason=ticket_replayed,rate_limited user!=ann from=2026-01-31T11:00:00Z',
  ],
  [{ 'attribute.plan': 'pro', to: '2026-01-31T11:00:00Z' }, 'attribute.plan=pro to=2026-01-31T11:00:00Z'],
  [{ q: 'ann@example.com' }, 'session=ann@example.com|user=ann@example.com|connection=ann@example.com'],
  [{ ticket }, `ticket=${ticketId}`],
  [{ q: ticket }, `ticket=${ticketId}|trace=…|session=…|user=…|connection=…`],
  [{ q: ticket.toUpperCase() }, `ticket=${ticketId}|trace=…|session=…|user=…|connection=…`],
  [{ q: `ticket.${ticket}` }, `ticket=${ticketId}`],
  [{ q: `"${ticket}"` }, 'session="…"|user="…"|connection="…"'],
  [{ user: ticket }, 'user=…'],
  [{ 'user!': [`${ticket}f`, `x${ticket}`] }, 'user!=…,x…'],
  [{ session: `wss://h/ws?ticket=${ticket}` }, 'session=wss://h/ws?ticket=…'],
  [{ [`attribute.${ticket}`]: 'pro' }, 'attribute.…=pro'],
  [{ agent: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' }, 'agent=…'],
])('%j', (query, text) => {
  expect(queryText(read(query))).toBe(text);
});

test('a long query is cut', () => {
  expect(queryText(read({ user: Array.from({ length: 10 }, () => 'x'.repeat(500)) }))).toHaveLength(2_000);
});
