import { ALL_PARTITIONS } from './keys.ts';
import type { RedisStoreCore } from './store-core.ts';

/** Asks every partition for its time, which begins the epochs that are due. */
export function readTimes(engine: RedisStoreCore): readonly Promise<{ readonly now: number }>[] {
  return ALL_PARTITIONS.map(async (partition) => {
    const [, now] = await engine.runInEpoch(partition, { script: 'time', keys: () => [], args: [] });
    return { now: Number(now) };
  });
}
