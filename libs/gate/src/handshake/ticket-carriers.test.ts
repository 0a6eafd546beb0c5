import { newTicket } from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { offeredProtocols } from './offered-protocols.ts';
import {
  credentialOf,
  jwtCredentialOf,
  queryWithoutTickets,
  shownTicketOf,
  ticketCarriers,
} from './ticket-carriers.ts';

const ticket = newTicket();
const other = newTicket();

function byQuery(query: string) {
  return credentialOf(`/ws?${query}`, [], ticketCarriers);
}

function byProtocols(header: string) {
  return credentialOf('/ws', offeredProtocols(header), ticketCarriers);
}

describe('a ticket in the query', () => {
  it.each([
    `ticket=${ticket}`,
    `a=1&ticket=${ticket}`,
    `ticket=${ticket}&b=2`,
    `tickets=x&ticket=${ticket}&xticket=y`,
    `%zz=1&ticket=${ticket}`,
  ])('is found in ?%s', (query) => {
    expect(byQuery(query)).toEqual({ carrier: 'query', ticket });
  });

  it.each([
    ['empty', 'ticket='],
    ['no value', 'ticket'],
    ['one character short', `ticket=${ticket.slice(1)}`],
    ['one character long', `ticket=${ticket}0`],
    ['upper case', `ticket=${'A'.repeat(32)}`],
    ['an encoded value', `ticket=%61${'a'.repeat(31)}`],
    ['an encoded name', `%74icket=${ticket}`],
    ['a doubled ticket', `ticket=${ticket}&ticket=${ticket}`],
    ['two tickets', `ticket=${ticket}&ticket=${other}`],
    ['a ticket and an encoded one', `ticket=${ticket}&%74icket=${other}`],
    ['an array', `ticket[]=${ticket}`],
    ['an encoded array', `ticket%5B%5D=${ticket}`],
    ['an indexed array', `ticket[0]=${ticket}`],
    ['a ticket and an array', `ticket=${ticket}&ticket[]=${other}`],
    ['a NUL', `ticket=${ticket.slice(1)}%00`],
    ['a line break behind it', `ticket=${ticket}\n`],
    ['__proto__', 'ticket=__proto__'],
    ['a second equals sign', `ticket=${ticket}=`],
    ['a look-alike', `ticket=${'а'.repeat(32)}`],
  ])('is malformed: %s', (_, query) => {
    expect(byQuery(query)).toBe('malformed');
  });

  it.each(['', 'tickets=1', 'Ticket=1', 'x=ticket', '__proto__=1'])('is missing in ?%s', (query) => {
    expect(byQuery(query)).toBe('missing');
  });

  it('is missing where there is no query', () => {
    expect(credentialOf(`/ws/ticket=${ticket}`, [], ticketCarriers)).toBe('missing');
    expect(credentialOf('', [], ticketCarriers)).toBe('missing');
  });
});

describe('a ticket among the subprotocols', () => {
  it.each([
    `admit.v1, ticket.${ticket}`,
    `ticket.${ticket},chat`,
    `ticket.${ticket}`,
    `ticket.${ticket},,`,
    `ticket.${ticket}, jwt.${'a'.repeat(5_000)}`,
    `jwt.a, jwt.a, jwt.b=, ticket.${ticket}`,
    `${'x'.repeat(20_000)}, ticket.${ticket}`,
    `${'a,'.repeat(2_000)} ticket.${ticket}`,
    `chat, chat, a b, "c", ticket.${ticket}`,
  ])('is found in %s', (header) => {
    expect(byProtocols(header)).toEqual({ carrier: 'subprotocol', ticket });
  });

  it.each([
    ['empty', 'admit.v1, ticket.'],
    ['too short', `admit.v1, ticket.${ticket.slice(1)}`],
    ['two tickets', `ticket.${ticket}, ticket.${other}`],
    ['the same ticket twice', `ticket.${ticket}, ticket.${ticket}`],
    ['a second one that is no token', `ticket.${ticket}, ticket.a b`],
    ['a second one after thousands of others', `ticket.${ticket},${'a,'.repeat(2_000)}ticket.${ticket}`],
    ['an encoded value', `ticket.%61${'a'.repeat(31)}`],
  ])('is malformed: %s', (_, header) => {
    expect(byProtocols(header)).toBe('malformed');
  });

  it.each(['admit.v1', 'chat, ticket', `Ticket.${ticket}`, `xticket.${ticket}`])(
    'is missing in %s',
    (header) => {
      expect(byProtocols(header)).toBe('missing');
    },
  );
});

describe('two carriers', () => {
  const target = `/ws?ticket=${ticket}`;
  const protocols = [`ticket.${ticket}`];

  it('are malformed together, whatever they carry', () => {
    expect(credentialOf(target, protocols, ticketCarriers)).toBe('malformed');
    expect(credentialOf('/ws?ticket=', protocols, ticketCarriers)).toBe('malformed');
  });

  it('are searched as far as they are allowed', () => {
    expect(credentialOf(target, protocols, ['query'])).toEqual({ carrier: 'query', ticket });
    expect(credentialOf(target, protocols, ['subprotocol'])).toEqual({ carrier: 'subprotocol', ticket });
    expect(credentialOf(target, [], ['subprotocol'])).toBe('missing');
  });
});

describe('the ticket that a request shows', () => {
  it.each([
    ['the query', `/ws?ticket=${ticket}`, 'admit.v1'],
    ['a subprotocol', '/ws', `admit.v1, ticket.${ticket}`],
    ['both carriers', `/ws?ticket=${ticket}`, `ticket.${ticket}`],
    ['the query, twice', `/ws?ticket=${ticket}&ticket=${ticket}`, ''],
    ['the query, beside a malformed one', `/ws?ticket=${ticket}`, 'ticket.x'],
  ])('is found in %s', (_, target, header) => {
    expect(shownTicketOf(target, offeredProtocols(header))).toBe(ticket);
  });

  it.each([
    ['nothing', '/ws', ''],
    ['a malformed one', `/ws?ticket=${ticket}0`, ''],
    ['two in the query', `/ws?ticket=${ticket}&ticket=${other}`, ''],
    ['two in two carriers', `/ws?ticket=${ticket}`, `ticket.${other}`],
  ])('is unknown with %s', (_, target, header) => {
    expect(shownTicketOf(target, offeredProtocols(header))).toBeUndefined();
  });
});

describe('a JWT', () => {
  const token = `${'a'.repeat(15_000)}.b.c`;

  function jwtIn(target: string, ...protocols: readonly string[]) {
    return jwtCredentialOf(target, offeredProtocols(protocols.join(', ')));
  }

  it('is found where there is no ticket, with the name of the client', () => {
    const found = { carrier: 'subprotocol', ticket: expect.stringMatching(/^[0-9a-f]{32}$/) };
    expect(jwtIn('/ws', 'admit.v1', `jwt.${token}`)).toEqual({ ...found, jwt: { token } });
    expect(jwtIn('/ws?a=1&client=my-app%2F1.2.0', `jwt.${token}`)).toEqual({
      ...found,
      jwt: { token, client: 'my-app/1.2.0' },
    });
  });

  it.each([
    ['a space', 'a%20b'],
    ['too long', 'a'.repeat(65)],
    ['in the form of a ticket', ticket],
  ])('is of a client without a name where that has or is %s', (_, client) => {
    expect(jwtIn(`/ws?client=${client}`, `jwt.${token}`)).toHaveProperty('jwt', { token });
  });

  it.each([
    ['two of them', '/ws', [`jwt.${token}`, 'jwt.other'], 'malformed'],
    ['an empty one', '/ws', ['jwt.'], 'malformed'],
    ['none', '/ws', ['admit.v1'], undefined],
    ['a ticket beside it', '/ws', [`jwt.${token}`, `ticket.${ticket}`], undefined],
    ['a malformed ticket beside it', '/ws', [`jwt.${token}`, 'Ticket.x'], undefined],
    ['a ticket in the query', `/ws?ticket=${ticket}`, [`jwt.${token}`], undefined],
    ['an encoded name in the query', '/ws?%74icket[]=x', [`jwt.${token}`], undefined],
  ])('is not taken from a request with %s', (_, target, protocols, expected) => {
    expect(jwtIn(target, ...protocols)).toBe(expected);
  });
});

it.each([
  ['/ws', ''],
  ['/ws?', ''],
  ['/ws?ticket=T', ''],
  ['/ws?a=1&ticket=T&b=%20&c', 'a=1&b=%20&c'],
  ['/ws?%74icket=T&ticket[]=T&ticket&ticket[a]=T&tickets=2&myticket=3', 'tickets=2&myticket=3'],
])('the query of %s without tickets is %s', (target, query) => {
  expect(queryWithoutTickets(target)).toBe(query);
});
