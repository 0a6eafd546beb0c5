import { createClosers } from '@admit-one/runtime';
import {
  asRedisUser,
  type NatsCluster,
  type RedisCluster,
  redisUserLines,
  startNatsCluster,
  startPostgres,
  startRedisCluster,
} from '@admit-one/testkit';
import { startService } from './service-process.ts';
import { type ServicesOptions, type ServicesStack, startServices } from './services.ts';

/** The services on three NATS servers with three replicas of the event stream, and on three masters of Redis Cluster. */
export interface ClusteredStack extends ServicesStack {
  readonly nats: NatsCluster;
  readonly redis: RedisCluster;
}

/** Two of each service, the audit-service included. */
export async function startClustered(options: ServicesOptions = {}): Promise<ClusteredStack> {
  const closers = createClosers();
  try {
    const nats = await startNatsCluster();
    closers.add('NATS', nats.stop);
    const persistent = { appendonly: 'yes', appendfsync: 'always' };
    const redis = await startRedisCluster({
      ...{ 'maxmemory-policy': 'noeviction', ...persistent },
      ...redisUserLines(),
    });
    closers.add('Redis', redis.stop);
    const postgres = await startPostgres();
    closers.add('PostgreSQL', postgres.stop);
    const [firstNats] = nats.nodes;
    const [firstRedis] = redis.nodes;
    if (!firstNats || !firstRedis) throw new Error('a cluster has no node');
    const stack = await startServices({
      ...options,
      startEngines: async () => ({
        nats: { ...firstNats, url: nats.url },
        redis: {
          ...firstRedis,
          command: async (...words) =>
            (await Promise.all(redis.nodes.map(({ command }) => command(...words)))).join('\n'),
        },
        postgres,
        stop: closers.close,
      }),
      redisUrl: async () => asRedisUser(redis.url, 'ticket-service'),
      variables: { NATS_STREAM_REPLICAS: '3', ...options.variables },
    });
    const other = await startService('audit-service', stack.variables['audit-service']);
    await other.ready();
    const { stop, stopAndRead } = stack;
    return Object.assign(stack, {
      ...{ nats, redis },
      stop: () => other.stop().then(stop),
      stopAndRead: () => other.stop().then(stopAndRead),
    });
  } catch (error) {
    await closers.close();
    throw error;
  }
}
