import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hasCredential, withoutCredentials } from './credentials.ts';

const ticket = '0123456789abcdef0123456789abcdef';
const ticketId = createHash('sha256').update(ticket).digest('base64url');

test.each([
  [ticket, '…'],
  [ticket.toUpperCase(), '…'],
  [`"${ticket}" `, '"…" '],
  [`ticket.${ticket}`, 'ticket.…'],
  [`wss://example.com/ws?ticket=${ticket}&v=1`, 'wss://example.com/ws?ticket=…&v=1'],
  [`${ticket}f`, '…'],
  [`x${ticket}y${ticket}`, 'x…y…'],
  ['Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln, again', 'Bearer …, again'],
  ['eyJhbGciOiJub25lIn0.e30.', '…'],
])('%s is or has a ticket or a token', (text, shown) => {
  expect([hasCredential(text), withoutCredentials(text)]).toEqual([true, shown]);
});

test.each([
  '',
  ticketId,
  ticket.slice(1),
  'ann@example.com',
  '507f1f77bcf86cd799439011',
  '0b2c9f3e-52b5-4a1e-9d53-0f6a1f0c8a11',
  'eyJhbGci',
  'heyJude.smith@example.com',
])('%s has none', (text) => {
  expect([hasCredential(text), withoutCredentials(text)]).toEqual([false, text]);
});
