import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('so many pass in each window, and the others hear when the next one begins', () => {
  const limit = createRateLimit({ atMost: 2, windowMs: 1_000 });
  expect([limit.take(), limit.take()]).toEqual([0, 0]);
  vi.advanceTimersByTime(400);
  expect(limit.take()).toBeCloseTo(600);
  vi.advanceTimersByTime(600);
  expect(limit.take()).toBe(0);
});
