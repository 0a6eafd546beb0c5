import { ticketStoreContract } from '@admit-one/port-contracts';
import { missingEngines, type RedisEngine, startRedis } from '@admit-one/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { openRedisStore } from './open-redis-store.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`on one node${missing ? `, skipped: ${missing}` : ''}`, () => {
  let redis: RedisEngine;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  ticketStoreContract('Redis', {
    async open(bounds) {
      await redis.command('FLUSHALL');
      return openRedisStore({ url: redis.url, source: 'contract', ...bounds });
    },
    async openAfterLoss() {
      await redis.command('SAVE');
      await redis.kill();
      await redis.start();
      return openRedisStore({ url: redis.url, source: 'contract' });
    },
  });
});
