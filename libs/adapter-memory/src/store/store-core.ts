import { newId, type OutboxBounds, StoreError } from '@admit-one/core';
import { createPartitions, endPartition, type Partition } from './partitions.ts';

/** What the ticket store and its outbox share. */
export interface MemoryStoreCore {
  readonly epoch: string;
  /** @throws {RangeError} for a partition outside 0 to 15: a bug */
  partition(number: number): Partition;
  /** Unix milliseconds, never decreasing. */
  now(): number;
  /** @throws {StoreError} `unavailable`, after close */
  assertOpen(): void;
  /** @throws {StoreError} `unavailable`, after close and after `end` */
  assertWritable(): void;
  /** Takes no more writes, and appends the last event of each partition. */
  end(): void;
  close(): void;
  /** Notifies the listeners of new events in a partition. */
  notifyAppend(partition: Partition): void;
  onAppend(listener: (partition: number) => void): () => void;
}

export interface MemoryStoreCoreOptions extends OutboxBounds {
  readonly clock: () => number;
  readonly source: string;
}

/** A store in a new epoch. */
export function createStoreCore({
  clock,
  source,
  softBound,
  hardBound,
}: MemoryStoreCoreOptions): MemoryStoreCore {
  const epoch = newId();
  const listeners = new Set<(partition: number) => void>();
  let open = true;
  let ended = false;
  let lastNow = Number.NEGATIVE_INFINITY;

  function now(): number {
    lastNow = Math.max(lastNow, Math.floor(clock()));
    return lastNow;
  }

  function assertOpen(): void {
    if (!open) throw new StoreError('unavailable', 'the ticket store is closed');
  }

  function notifyAppend({ number }: Partition): void {
    for (const listener of listeners) listener(number);
  }

  const partitions = createPartitions(epoch, source, now(), { softBound, hardBound });

  return {
    epoch,
    now,
    partition(number) {
      const partition = partitions[number];
      if (!partition) throw new RangeError(`there is no partition ${number}`);
      return partition;
    },
    assertOpen,
    assertWritable() {
      assertOpen();
      if (ended) throw new StoreError('unavailable', 'the ticket store has ended');
    },
    end() {
      assertOpen();
      if (ended) return;
      ended = true;
      for (const partition of partitions) {
        endPartition(partition, source, now());
        notifyAppend(partition);
      }
    },
    close() {
      open = false;
      listeners.clear();
    },
    notifyAppend,
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
