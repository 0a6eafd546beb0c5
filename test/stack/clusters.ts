import { createClosers } from '@admit-one/runtime';
import {
  asRedisUser,
  type NatsCluster,
  type RedisCluster,
  type RedisOptions,
  redisUserLines,
  startNatsCluster,
  startPostgres,
  startRedisCluster,
  startRedisSentinel,
} from '@admit-one/testkit';
import { startService } from './service-process.ts';
import { type ServicesOptions, type ServicesStack, startServices } from './services.ts';

/** The services on three NATS servers with three replicas of the event stream, and on several Redis servers. */
export interface ClusteredStack extends ServicesStack {
  readonly nats: NatsCluster;
  readonly redis: RedisCluster;
}

export interface ClusteredOptions extends Pick<ServicesOptions, 'variables'> {
  /** Three masters that share the keys, or a master and a replica that sentinels watch. */
  readonly redis: 'cluster' | 'sentinel';
}

/** Two of each service, the audit-service included. */
export async function startClustered({ redis: kind, variables }: ClusteredOptions): Promise<ClusteredStack> {
  const closers = createClosers();
  try {
    const nats = await startNatsCluster();
    closers.add('NATS', nats.stop);
    const redis = await startRedisServers[kind]({
      // Written before the reply, which outlasts the process. A disk that other tests keep busy would hold up each fsync.
      ...{ 'maxmemory-policy': 'noeviction', appendonly: 'yes', appendfsync: 'no' },
      ...redisUserLines(),
    });
    closers.add('Redis', redis.stop);
    const postgres = await startPostgres();
    closers.add('PostgreSQL', postgres.stop);
    const [firstNats] = nats.nodes;
    const [firstRedis] = redis.nodes;
    if (!firstNats || !firstRedis) throw new Error('a cluster has no node');
    const stack = await startServices({
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
      variables: { NATS_STREAM_REPLICAS: '3', ...variables },
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

const startRedisServers = {
  cluster: startRedisCluster,
  async sentinel(config: RedisOptions['config']): Promise<RedisCluster> {
    const { nodes, sentinels, name, stop } = await startRedisSentinel(config ? { config } : {});
    const hosts = sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    return { nodes, url: `redis-sentinel://${hosts}/${name}`, async whole() {}, stop };
  },
};
