import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { visibleText } from './visible-text.ts';

const ticket = randomBytes(16).toString('hex');
const proof = createHash('sha256').update(ticket).digest('base64url');
const token = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0.${'S'.repeat(86)}`;

describe('a text as it may be kept', () => {
  it.each([
    ['words', 'RATE_LIMITED 5: prosím, čekejte 🐎', 'RATE_LIMITED 5: prosím, čekejte 🐎'],
    ['a code as long as they get', 'ticket_service_unavailable', 'ticket_service_unavailable'],
    [
      'the origin of an extension',
      'moz-extension://0b2c9f3e-52b5-4a1e-9d53-0f6a1f0c8a11',
      'moz-extension://0b2c9f3e-52b5-4a1e-9d53-0f6a1f0c8a11',
    ],
    [
      'the host of a preview',
      'https://shop-git-a-branch-with-a-long-name-team.example.com',
      'https://shop-git-a-branch-with-a-long-name-team.example.com',
    ],
    ['NUL and an escape sequence', 'a\u0000\u001b[2J', 'a\\u0000\\u001b[2J'],
    ['a control character of the other set', '\u009b31m', '\\u009b31m'],
    ['ends of lines', 'a\r\nb\u2028c\u2029', 'a\\u000d\\u000ab\\u2028c\\u2029'],
    ['a turn of direction', '\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['nothing to be seen', '\u200b\u00ad\u{e0041}', '\\u200b\\u00ad\\udb40\\udc41'],
    ['half of a character', 'a\ud83d', 'a\\ud83d'],
    ['a ticket', `wss://example.com/ws?ticket=${ticket}`, 'wss://example.com/ws?ticket=…'],
    ['a ticket in upper case', ticket.toUpperCase(), '…'],
    ['a ticket in a subprotocol', `ticket.${ticket}`, 'ticket.…'],
    ['a ticket within a word', `x${ticket}y`, '…'],
    ['most of a ticket', `ticket ${ticket.slice(0, 20)} or ${ticket.slice(1)}`, 'ticket … or …'],
    ['a proof', `${proof}.`, '….'],
    ['a token', `Bearer ${token}, again`, 'Bearer …, again'],
    ['a token without its signature', 'eyJhbGciOiJub25lIn0.e30.', '…'],
  ])('shows %s', (_, text, shown) => expect(visibleText(text)).toBe(shown));

  it('is cut after the secrets are out', () =>
    expect(visibleText(`${'-'.repeat(20)} ${ticket}`, 40)).toBe(`${'-'.repeat(20)} …`));

  it('is six times as long at most', () => {
    for (const text of ['\u0000', '\u{e0041}', '\u202e', 'a'])
      expect(visibleText(text.repeat(20)).length).toBeLessThanOrEqual(6 * 20 * text.length);
  });
});
