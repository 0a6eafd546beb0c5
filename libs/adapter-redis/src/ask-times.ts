import type { Engine } from './engine.ts';
import { ALL_PARTITIONS } from './keys.ts';

/** Asks every partition for its time, which begins the epochs that are due. */
export function askTimes(engine: Engine): readonly Promise<{ readonly now: number }>[] {
  return ALL_PARTITIONS.map(async (partition) => {
    const [, now] = await engine.runInEpoch(partition, { script: 'tellTime', keys: () => [], args: [] });
    return { now: Number(now) };
  });
}
