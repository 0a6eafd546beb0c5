import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headerNameOf, headerValueOf } from './header-value.ts';

it.each([
  ['alice@example.com', 'alice@example.com'],
  ['auth0|5f7c', 'auth0|5f7c'],
  ['Zoë', 'Zo%C3%AB'],
  ['a b', 'a%20b'],
  ['100%', '100%25'],
  ['\r\nX-Admit-User: root', '%0D%0AX-Admit-User:%20root'],
  ['😀', '%F0%9F%98%80'],
  ['', ''],
])('%j is sent as %j', (text, sent) => {
  expect(headerValueOf(text)).toBe(sent);
  expect(decodeURIComponent(sent)).toBe(text);
});

it('takes any text, and gives it back', () => {
  const texts = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(texts, (text) => {
      validateHeaderValue('X-Any', headerValueOf(text));
      validateHeaderName(headerNameOf(text));
      expect(decodeURIComponent(headerValueOf(text))).toBe(text);
      expect(decodeURIComponent(headerNameOf(text))).toBe(text);
    }),
  );
});
