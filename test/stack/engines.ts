import { createClosers } from '@admit-one/runtime';
import {
  type NatsEngine,
  type PostgresEngine,
  type RedisEngine,
  type RedisOptions,
  redisUserLines,
  startNatsWithRoles,
  startPostgres,
  startRedis,
} from '@admit-one/testkit';

/** What the services run on. */
export interface Engines {
  /** With the users of `deploy/redis/users.acl`: connect `asRedisUser`. */
  readonly redis: RedisEngine;
  /** As `deploy/nats/nats.conf` says: connect `asRole`. */
  readonly nats: NatsEngine;
  readonly postgres: PostgresEngine;
  stop(): Promise<void>;
}

/** Starts real engines on free ports: all of them, or none. @param config lines of Redis' configuration */
export async function startEngines(config: RedisOptions['config'] = {}): Promise<Engines> {
  const closers = createClosers();
  async function opened<Engine extends { stop(): Promise<void> }>(
    starting: Promise<Engine>,
  ): Promise<Engine> {
    const engine = await starting;
    closers.add('engine', engine.stop);
    return engine;
  }
  const starting = [
    opened(startRedis({ config: { 'maxmemory-policy': 'noeviction', ...redisUserLines(), ...config } })),
    opened(startNatsWithRoles()),
    opened(startPostgres()),
  ] as const;
  try {
    const [redis, nats, postgres] = await Promise.all(starting);
    return { redis, nats, postgres, stop: () => closers.close() };
  } catch (error) {
    await Promise.allSettled(starting);
    await closers.close();
    throw error;
  }
}
