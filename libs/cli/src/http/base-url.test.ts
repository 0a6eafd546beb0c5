import { expect, test } from 'vitest';
import { parseBaseUrl, urlBelow } from './base-url.ts';

test.each([
  ['https://example.com', 'https://example.com/api/x'],
  ['https://example.com/rt', 'https://example.com/rt/api/x'],
  ['https://example.com/rt/?a=1#b', 'https://example.com/rt/api/x'],
  ['http://127.0.0.1:8080//other.example/y', 'http://127.0.0.1:8080//other.example/y/api/x'],
])('a path below %s stays at its host', (base, expected) => {
  expect(urlBelow(parseBaseUrl(base), 'api/x').href).toBe(expected);
});
