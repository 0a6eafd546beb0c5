import { afterEach, expect, test, vi } from 'vitest';
import { createTokenCache } from './token-cache.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a cache never holds more than its capacity; the eldest leaves first', () => {
  const cache = createTokenCache<number>(3);
  const later = Date.now() + 60_000;
  for (let n = 0; n < 10; n += 1) cache.set(`token-${n}`, n, later);
  const held = Array.from({ length: 10 }, (_, n) => cache.get(`token-${n}`));
  expect(held.filter((value) => value !== undefined)).toEqual([7, 8, 9]);
});

test('an entry is gone at its time', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const cache = createTokenCache<number>(3);
  cache.set('token', 1, Date.now() + 1_000);
  vi.setSystemTime(Date.now() + 999);
  expect(cache.get('token')).toBe(1);
  vi.setSystemTime(Date.now() + 1);
  expect(cache.get('token')).toBeUndefined();
});
