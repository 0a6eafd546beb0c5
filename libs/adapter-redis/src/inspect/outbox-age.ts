import { type Diagnostic, PARTITIONS, partitionName } from '@admit-one/core';
import type { Cluster, Redis } from 'ioredis';
import { keysOf } from '../keys.ts';

/** A relay moves events within a second; older ones are stuck. */
const STUCK_MS = 60_000;

/** Reports the partitions whose oldest event should have left long ago. */
export async function outboxDiagnostics(redis: Redis | Cluster): Promise<readonly Diagnostic[]> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const ages = await Promise.all(
    partitions.map(async (partition) => ({ partition, ageMs: await oldestOf(redis, partition) })),
  );
  return ages.flatMap(({ partition, ageMs }) =>
    ageMs < STUCK_MS
      ? []
      : {
          level: 'error' as const,
          message: `the outbox of partition ${partitionName(partition)} has events that have waited for ${Math.floor(ageMs / 1_000)} s`,
          remedy:
            'Check that a ticket-service runs and reaches NATS, that the stream is not full, and its log for dependency_down and relay_failed.',
        },
  );
}

async function oldestOf(redis: Redis | Cluster, partition: number): Promise<number> {
  const line = await redis.lindex(keysOf(partition).outbox, 0);
  const [, time = ''] = /"time":"([^"]+)"/.exec(line ?? '') ?? [];
  return time === '' ? 0 : Date.now() - Date.parse(time);
}
