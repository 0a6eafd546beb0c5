import { ticketStoreContract } from '@admit-one/port-contracts';
import {
  asRedisUser,
  missingEngines,
  type RedisCluster,
  type RedisEngine,
  redisUserLines,
  startRedis,
  startRedisCluster,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { openReached } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');
const skipped = missing ? `, skipped: ${missing}` : '';
const source = 'contract';

describe.skipIf(missing)(`on one node${skipped}`, () => {
  let redis: RedisEngine;
  beforeAll(async () => {
    redis = await startRedis({ config: redisUserLines() });
  });
  afterAll(() => redis?.stop());

  ticketStoreContract('Redis', {
    async open(bounds) {
      await redis.command('FLUSHALL');
      return openReached({ url: asRedisUser(redis.url, 'ticket-service'), source, ...bounds });
    },
    async openAfterLoss() {
      await redis.command('SAVE');
      await redis.kill();
      await redis.start();
      return openReached({ url: asRedisUser(redis.url, 'ticket-service'), source });
    },
  });
});

describe.skipIf(missing)(`on a cluster${skipped}`, () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster(redisUserLines());
  });
  afterAll(() => cluster?.stop());

  ticketStoreContract('Redis Cluster', {
    async open(bounds) {
      await Promise.all(cluster.nodes.map((node) => node.command('FLUSHALL')));
      return openReached({ url: asRedisUser(cluster.url, 'ticket-service'), source, ...bounds });
    },
    async openAfterLoss() {
      await Promise.all(cluster.nodes.map((node) => node.command('SAVE')));
      await Promise.all(cluster.nodes.map((node) => node.kill()));
      await Promise.all(cluster.nodes.map((node) => node.start()));
      await cluster.whole();
      return openReached({ url: asRedisUser(cluster.url, 'ticket-service'), source });
    },
  });
});
