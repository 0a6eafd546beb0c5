import type { Operator } from '@admit-one/identity';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const operator = (subject: string, issuer = 'main'): Operator => ({
  subject,
  scopes: ['audit:read'],
  from: { kind: 'token', issuer },
  expiresAt: null,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('each operator has a rate, and is told when to try again', async () => {
  const limitRate = createRateLimit(2);
  await limitRate(operator('ann'));
  vi.advanceTimersByTime(20_000);
  await limitRate(operator('ann'));
  await expect(limitRate(operator('ann'))).rejects.toMatchObject({
    reason: 'rate_limited',
    retryAfterSeconds: 40,
  });
  await limitRate(operator('bob'));
  await limitRate(operator('ann', 'another issuer'));
  vi.advanceTimersByTime(40_001);
  await limitRate(operator('ann'));
});
