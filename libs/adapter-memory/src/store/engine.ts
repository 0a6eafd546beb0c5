import { newId, StoreError } from '@admit-one/core';
import type { OutboxBounds } from './outbox-queue.ts';
import { createPartitions, type Partition, partitionAt } from './partitions.ts';

/** What the ticket store and its outbox share. */
export interface Engine {
  readonly epoch: string;
  /** The partition with a number, or that of a ticket. */
  partition(at: number | string): Partition;
  /** Unix milliseconds, never going back. */
  now(): number;
  /** @throws {StoreError} `unavailable`, after close */
  makeSureItIsOpen(): void;
  close(): void;
  /** Tells the listeners that a partition has got events. */
  tellOfAppend(partition: Partition): void;
  onAppend(listener: (partition: number) => void): () => void;
}

export interface EngineOptions extends OutboxBounds {
  readonly clock: () => number;
  readonly source: string;
}

/** Makes an engine in a new epoch. */
export function createEngine({ clock, source, softBound, hardBound }: EngineOptions): Engine {
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
    partition: (at) => partitionAt(partitions, at),
    makeSureItIsOpen() {
      if (!open) throw new StoreError('unavailable', 'the ticket store is closed');
    },
    close() {
      open = false;
      listeners.clear();
    },
    tellOfAppend({ number }) {
      for (const listener of listeners) listener(number);
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
