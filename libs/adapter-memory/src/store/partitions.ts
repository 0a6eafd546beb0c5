import {
  createExpiringMap,
  type ExpiringMap,
  type OutboxBounds,
  PARTITIONS,
  partitionName,
} from '@admit-one/core';
import { createOutboxQueue, type OutboxQueue } from './outbox-queue.ts';

/** One of 16 parts of the store: each write stays within one. */
export interface Partition {
  readonly number: number;
  readonly queue: OutboxQueue;
  /** The records of the last minute, by ticket and key. */
  readonly recorded: ExpiringMap<true>;
}

/** Makes the partitions of a new epoch, each begun with `admit.store.started`. They have no previous epoch. */
export function createPartitions(
  epoch: string,
  source: string,
  now: number,
  bounds: OutboxBounds,
): readonly Partition[] {
  return Array.from({ length: PARTITIONS }, (_, number) => {
    const queue = createOutboxQueue(`${partitionName(number)}.${epoch}`, bounds);
    queue.push([
      {
        type: 'admit.store.started',
        source,
        subject: source,
        time: now,
        traceparent: null,
        data: { previousEpoch: null, lastSequence: 0 },
      },
    ]);
    return { number, queue, recorded: createExpiringMap() };
  });
}

/** Appends the last event of a partition. */
export function endPartition({ queue }: Partition, source: string, now: number): void {
  queue.push([
    {
      type: 'admit.store.stopped',
      source,
      subject: source,
      time: now,
      traceparent: null,
      data: { lastSequence: queue.lastSequence + 1 },
    },
  ]);
}
