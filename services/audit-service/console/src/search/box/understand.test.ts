import { proofOf, ticketIdOf } from '@admit-one/core';
import { expect, test, vi } from 'vitest';
import { understand } from './understand.ts';

const ticket = '0123456789abcdef0123456789ABCDEF';
const ticketId = ticketIdOf(proofOf(ticket.toLowerCase()));
const trace = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${trace}-b7ad6b7169203331-01`;

test.each([
  // Tickets, which are secrets.
  [ticket, [`ticket=${ticketId}`]],
  [`  "${ticket}", `, [`ticket=${ticketId}`]],
  [`ticket.${ticket}`, [`ticket=${ticketId}`]],
  [`wss://edge.example/ws?ticket=${ticket}&v=1`, [`ticket=${ticketId}`]],
  [`ticket:${ticket}`, [`ticket=${ticketId}`]],
  [`ticket:"${ticket}"`, [`ticket=${ticketId}`]],
  [`{"ticket":"${ticket}"}`, [`ticket=${ticketId}`]],
  [`q:/ws?ticket=${ticket}`, [`ticket=${ticketId}`]],
  [`next=%2Fws%3Fticket%3D${ticket}`, [`ticket=${ticketId}`]],
  // Ids.
  [ticketId, [`ticket=${ticketId}`]],
  [`(${ticketId})`, [`ticket=${ticketId}`]],
  ['u7lqBqkCwD', ['q=u7lqBqkCwD']],
  ['Support code: u7lqBqkCwD', ['ticket=u7lqBqkCwD']],
  ['User id: 17', ['user=17']],
  ['supportCode:u7lqBqkCwD', ['ticket=u7lqBqkCwD']],
  ['session:5f2c user:"Anna Maria" connection=c3Vw', ['session=5f2c', 'user=Anna Maria', 'connection=c3Vw']],
  ['Anna Maria', ['q=Anna Maria']],
  ['user:anna@example.com', ['user=anna@example.com']],
  [traceparent, [`trace=${trace}`]],
  [`trace:${trace}`, [`trace=${trace}`]],
  [`traceparent:${traceparent}`, [`trace=${trace}`]],
  // Addresses and origins.
  ['203.0.113.9', ['address=203.0.113.9']],
  ['203.0.113.9:51234', ['address=203.0.113.9']],
  ['203.0.113.0/24', ['address=203.0.113.0/24']],
  ['2001:db8::1', ['address=2001:db8::1']],
  ['[2001:db8::1]:443', ['address=2001:db8::1']],
  ['2001:db8::/48', ['address=2001:db8::/48']],
  ['203.0.113.999', ['q=203.0.113.999']],
  ['203.0.113.0/33', ['q=203.0.113.0/33']],
  ['aa:bb:cc:dd:ee:ff', ['q=aa:bb:cc:dd:ee:ff']],
  ['https://App.example.com/page?a=b', ['origin=https://app.example.com']],
  ['http://localhost:3000', ['origin=http://localhost:3000']],
  ['https://app.example.com/#eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln', ['origin=https://app.example.com']],
  // Reasons, types and other facts.
  ['reason:ticket_replayed', ['reason=ticket_replayed']],
  ['ticket_replayed', ['reason=ticket_replayed']],
  ['admit.ticket.rejected', ['type=admit.ticket.rejected']],
  ['type:admit.ticket.rejected', ['type=admit.ticket.rejected']],
  ['reason!=rate_limited', ['reason!=rate_limited']],
  ['-reason:rate_limited', ['reason!=rate_limited']],
  ['attribute.plan:pro', ['attribute.plan=pro']],
  ['reason:rate_limited 203.0.113.9', ['reason=rate_limited', 'address=203.0.113.9']],
  [
    `{"msg":"rejected","traceId":"${trace}","reason":"ticket_unknown","principal":{"session":"s-1"}}`,
    [`trace=${trace}`, 'reason=ticket_unknown', 'session=s-1'],
  ],
  ['', []],
])('%s', async (text, expected) => {
  const { criteria } = await understand(text);
  expect(criteria.map(({ name, value, negated }) => `${name}${negated ? '!' : ''}=${value}`)).toEqual(
    expected,
  );
});

test('32 hex digits may be told to be a trace id', async () => {
  expect((await understand(ticket)).notes).toEqual([{ kind: 'ticket', hex: ticket.toLowerCase() }]);
});

const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';

test.each([
  token,
  `Bearer ${token}`,
  `jwt.${token}`,
  `access_token=${token}`,
  `session:${token}`,
  `{"token":"${token}"}`,
])('a token is not searched: %s', async (text) => {
  const { criteria, notes } = await understand(text);
  expect(criteria).toEqual([]);
  expect(notes).toContainEqual({ kind: 'secret' });
});

test('times of the range are told as they were typed', async () => {
  expect(await understand('reason:rate_limited from:-2h to:now')).toMatchObject({ from: '-2h', to: 'now' });
});

test('where the page may not hash, a ticket is left out', async () => {
  vi.stubGlobal('crypto', {});
  expect(await understand(ticket)).toEqual({ criteria: [], notes: [{ kind: 'cannot-hash' }] });
  vi.unstubAllGlobals();
});
