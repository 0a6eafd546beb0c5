import { createClosers } from '@admit-one/runtime';
import {
  type NatsEngine,
  type PostgresEngine,
  type RedisEngine,
  startNats,
  startPostgres,
  startRedis,
} from '@admit-one/testkit';

/** What Admit One runs on. */
export interface Engines {
  readonly redis: RedisEngine;
  readonly nats: NatsEngine;
  readonly postgres: PostgresEngine;
  stop(): Promise<void>;
}

/** Starts real engines on free ports: all of them, or none. */
export async function startEngines(): Promise<Engines> {
  const closers = createClosers();
  async function opened<Engine extends { stop(): Promise<void> }>(
    starting: Promise<Engine>,
  ): Promise<Engine> {
    const engine = await starting;
    closers.add('engine', engine.stop);
    return engine;
  }
  try {
    const redis = await opened(startRedis({ config: { 'maxmemory-policy': 'noeviction' } }));
    const nats = await opened(startNats());
    const postgres = await opened(startPostgres());
    return { redis, nats, postgres, stop: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
