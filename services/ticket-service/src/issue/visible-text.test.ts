import { newTicket, proofOf } from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { visibleText } from './last-failure.ts';

describe('a text as it may be kept', () => {
  it.each([
    ['words', 'RATE_LIMITED 5: prosím, čekejte 🐎', 'RATE_LIMITED 5: prosím, čekejte 🐎'],
    ['a code as long as they get', 'ticket_service_unavailable', 'ticket_service_unavailable'],
    ['NUL and an escape sequence', 'a\u0000\u001b[2J', 'a\\u0000\\u001b[2J'],
    ['a control character of the other set', '\u009b31m', '\\u009b31m'],
    ['ends of lines', 'a\r\nb\u2028c\u2029', 'a\\u000d\\u000ab\\u2028c\\u2029'],
    ['a turn of direction', '\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['nothing to be seen', '\u200b\u00ad\u{e0041}', '\\u200b\\u00ad\\udb40\\udc41'],
    ['half of a character', 'a\ud83d', 'a\\ud83d'],
  ])('shows %s', (_, text, shown) => expect(visibleText(text)).toBe(shown));

  it('has no ticket, proof or token in it', () => {
    const ticket = newTicket();
    const signature = 'S'.repeat(86);
    const text = `to wss://example.com/ws?ticket=${ticket} with eyJhbGciOiJFUzI1NiJ9.e30.${signature}, ${proofOf(ticket)}`;
    expect(visibleText(text)).toBe('to wss://example.com/ws?ticket=… with eyJhbGciOiJFUzI1NiJ9.e30.…, …');
  });

  it('is six times as long at most', () => {
    for (const text of ['\u0000', '\u{e0041}', '\u202e', 'a'])
      expect(visibleText(text.repeat(20)).length).toBeLessThanOrEqual(6 * 20 * text.length);
  });
});
