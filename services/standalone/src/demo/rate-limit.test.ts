import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('allows a number of requests per window, and returns the wait for the others', () => {
  const rateLimit = createRateLimit({ limit: 2, windowMs: 1_000 });
  expect([rateLimit.take(), rateLimit.take()]).toEqual([0, 0]);
  vi.advanceTimersByTime(400);
  expect(rateLimit.take()).toBeCloseTo(600);
  vi.advanceTimersByTime(600);
  expect(rateLimit.take()).toBe(0);
});
