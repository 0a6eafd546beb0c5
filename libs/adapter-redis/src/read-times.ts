import { ALL_PARTITIONS } from './keys.ts';
import type { RedisStoreCore } from './store-core.ts';

/** Reads the time in one partition, and begins its epoch where that is due. */
export async function readTime(engine: RedisStoreCore, partition: number): Promise<{ readonly now: number }> {
  const [, now] = await engine.runInEpoch(partition, { script: 'time', keys: () => [], args: [] });
  return { now: Number(now) };
}

/** Asks every partition for its time, which begins the epochs that are due. */
export function readTimes(engine: RedisStoreCore): readonly Promise<{ readonly now: number }>[] {
  return ALL_PARTITIONS.map((partition) => readTime(engine, partition));
}
