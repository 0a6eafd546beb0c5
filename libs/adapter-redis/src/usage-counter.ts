import { USAGE_WINDOW_MS, type UsageCounter } from '@admit-one/core';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisClient } from './client/client.ts';
import type { RedisStoreCore } from './store-core.ts';

/** Counts in Redis, one key each, outside of epochs: a lost count only begins again. */
export function createUsageCounter(client: RedisClient, engine: Pick<RedisStoreCore, 'send'>): UsageCounter {
  const counts = new RateLimiterRedis({
    storeClient: client,
    keyPrefix: 'usage',
    points: 1,
    duration: USAGE_WINDOW_MS / 1000,
  });
  return {
    async add(key, points) {
      const result = await engine.send(() => counts.penalty(key, points));
      return { count: result.consumedPoints, endsInMs: result.msBeforeNext };
    },
  };
}
