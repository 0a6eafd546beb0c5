import { newId, type OutboxBounds, StoreError } from '@admit-one/core';
import { createPartitions, type Partition } from './partitions.ts';

/** What the ticket store and its outbox share. */
export interface MemoryStoreCore {
  readonly epoch: string;
  /** @throws {RangeError} for a partition outside 0 to 15: a bug */
  partition(number: number): Partition;
  /** Unix milliseconds, never decreasing. */
  now(): number;
  /** @throws {StoreError} `unavailable`, after close */
  assertOpen(): void;
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
  let lastNow = Number.NEGATIVE_INFINITY;

  function now(): number {
    lastNow = Math.max(lastNow, Math.floor(clock()));
    return lastNow;
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
    assertOpen() {
      if (!open) throw new StoreError('unavailable', 'the ticket store is closed');
    },
    close() {
      open = false;
      listeners.clear();
    },
    notifyAppend({ number }) {
      for (const listener of listeners) listener(number);
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
