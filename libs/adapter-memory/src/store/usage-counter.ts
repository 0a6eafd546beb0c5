import { USAGE_WINDOW_MS, type UsageCounter } from '@admit-one/core';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { MemoryStoreCore } from './store-core.ts';

/** The counts of this process. Each is held until its window ends. */
export function createUsageCounter(engine: Pick<MemoryStoreCore, 'assertOpen'>): UsageCounter {
  const counts = new RateLimiterMemory({ points: 1, duration: USAGE_WINDOW_MS / 1000 });
  return {
    async add(key, points) {
      engine.assertOpen();
      const { consumedPoints: count, msBeforeNext: endsInMs } = await counts.penalty(key, points);
      return { count, endsInMs };
    },
  };
}
