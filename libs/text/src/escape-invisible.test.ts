import { expect, test } from 'vitest';
import { escapeInvisible } from './escape-invisible.ts';

test.each([
  ['a line break', 'a\r\nb', 'a\\u000d\\u000ab'],
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['a C1 control character', '\u009b2J', '\\u009b2J'],
  ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
  ['a separator of lines', 'a\u2028b', 'a\\u2028b'],
  ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
  ['what can be seen', 'Zoë 😀 "\\', 'Zoë 😀 "\\'],
])('escapes %s', (_name, text, escaped) => {
  expect(escapeInvisible(text)).toBe(escaped);
});

test('JSON keeps its meaning', () => {
  const value = { agent: 'a\u009b\u202e\u{e0001}\n"\\' };
  const escaped = escapeInvisible(JSON.stringify(value));
  expect(escaped).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(escaped)).toEqual(value);
});
