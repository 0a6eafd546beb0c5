import { newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { parametersOf } from './words.ts';

const ticket = newTicket();
const ticketId = ticketIdOf(proofOf(ticket));

describe('words of a search', () => {
  it.each<[string, readonly [string, string][]]>([
    ['reason=ticket_replayed', [['reason', 'ticket_replayed']]],
    ['reason!=ticket_replayed', [['reason!', 'ticket_replayed']]],
    ['from=-2h', [['from', '-2h']]],
    ['user=', [['user', '']]],
    ['user=a=b', [['user', 'a=b']]],
    ['origin=https://app.example.com', [['origin', 'https://app.example.com']]],
    ['attribute.plan=pro', [['attribute.plan', 'pro']]],
    ['attribute.https://example.com/plan!=pro', [['attribute.https://example.com/plan!', 'pro']]],
    ['alice', [['q', 'alice']]],
    ['203.0.113.0/24', [['q', '203.0.113.0/24']]],
    ['a user', [['q', 'a user']]],
    ['https://app.example.com/?a=b', [['q', 'https://app.example.com/?a=b']]],
    ['=x', [['q', '=x']]],
    [ticketId, [['q', ticketId]]],
    [`trace=${ticket}`, [['trace', ticket]]],
    [`session=${ticket}`, [['session', ticket]]],
  ])('%s', (word, parameters) => expect(parametersOf([word])).toEqual(parameters));

  it.each([
    ticket,
    ticket.toUpperCase(),
    ` ${ticket}\n`,
    `ticket.${ticket}`,
    `admit.v1, ticket.${ticket}`,
    `wss://example.com/ws?ticket=${ticket}`,
    `wss://example.com/ws?ticket=${ticket}&v=1`,
    `q=${ticket}`,
    `q=wss://example.com/ws?ticket=${ticket}`,
  ])('send the id of a ticket in place of the ticket: %s', (word) =>
    expect(parametersOf([word])).toEqual([['q', ticketId]]),
  );

  it('send the id of a ticket as a filter too', () =>
    expect(parametersOf([`ticket=${ticket}`, `ticket!=${ticket}`])).toEqual([
      ['ticket', ticketId],
      ['ticket!', ticketId],
    ]));

  it('keep their order, and several values', () =>
    expect(parametersOf(['reason=a', 'alice', 'reason=b'])).toEqual([
      ['reason', 'a'],
      ['q', 'alice'],
      ['reason', 'b'],
    ]));

  it('have one without a name', () =>
    expect(() => parametersOf(['alice', 'bob'])).toThrow('several words without a name: alice, bob'));

  it.each(['eyJhbGciOiJFUzI1NiJ9.e30.c2ln', 'Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln', 'q=eyJh.e30.c'])(
    'are no tokens, which are not shown: %s',
    (word) => {
      expect(() => parametersOf([word])).toThrow('is a token');
      expect(() => parametersOf([word])).not.toThrow('e30');
    },
  );
});
