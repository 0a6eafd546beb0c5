import type { Operator } from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Counts a request of an operator.
 * @throws {RejectionError} `rate_limited`, with when to try again
 */
export type LimitRate = (operator: Operator) => Promise<void>;

export function createRateLimit(requestsPerMinute: number): LimitRate {
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  return async (operator) => {
    try {
      await limiter.consume(operatorKey(operator));
    } catch (result) {
      if (!(result instanceof RateLimiterRes)) throw result;
      throw new RejectionError('rate_limited', { retryAfterSeconds: result.msBeforeNext / 1000 });
    }
  };
}

/** Tells operators apart: subjects are unique per issuer only. */
export function operatorKey({ subject, from }: Operator): string {
  return JSON.stringify([from, subject]);
}
