import { proofOf, ticketIdOf } from '@admit-one/core';
import { expect, test } from 'vitest';
import { classifyText } from './classify-text.ts';

const ticket = '0123456789abcdef0123456789abcdef';
const ticketId = ticketIdOf(proofOf(ticket));
const trace = '0af7651916cd43dd8448eb211c80319c';

test.each<[string, string, readonly (readonly [string, string])[]]>([
  [
    'a ticket id',
    ticketId,
    [
      ['ticket', ticketId],
      ['session', ticketId],
      ['user', ticketId],
      ['connection', ticketId],
    ],
  ],
  [
    'the beginning of a ticket id',
    'u7lqBqkCwD',
    [
      ['ticket', 'u7lqBqkCwD'],
      ['session', 'u7lqBqkCwD'],
      ['user', 'u7lqBqkCwD'],
      ['connection', 'u7lqBqkCwD'],
    ],
  ],
  [
    'a text too short for it',
    'u7lqBqk',
    [
      ['session', 'u7lqBqk'],
      ['user', 'u7lqBqk'],
      ['connection', 'u7lqBqk'],
    ],
  ],
  [
    'a user with an @',
    'ann@example.com',
    [
      ['session', 'ann@example.com'],
      ['user', 'ann@example.com'],
      ['connection', 'ann@example.com'],
    ],
  ],
  [
    '32 hex digits',
    ticket,
    [
      ['ticket', ticketId],
      ['trace', ticket],
      ['session', ticket],
      ['user', ticket],
      ['connection', ticket],
    ],
  ],
  ['a ticket as a subprotocol', `admit.v1, ticket.${ticket}`, [['ticket', ticketId]]],
  ['a ticket in a URL, in upper case', `wss://h/ws?ticket=${ticket.toUpperCase()}`, [['ticket', ticketId]]],
  ['a traceparent', `00-${trace}-b7ad6b7169203331-01`, [['trace', trace]]],
  ['a traceparent in upper case', `00-${trace.toUpperCase()}-B7AD6B7169203331-01`, [['trace', trace]]],
  ['an IPv4 address', '203.0.113.7', [['address', '203.0.113.7']]],
  ['an IPv6 address', '2001:DB8:0::7', [['address', '2001:db8::7']]],
  ['a prefix', '203.0.113.7/24', [['address', '203.0.113.0/24']]],
])('%s', (_name, text, alternatives) => {
  expect(classifyText(text)).toEqual(alternatives.map(([fact, value]) => ({ fact, value })));
});
