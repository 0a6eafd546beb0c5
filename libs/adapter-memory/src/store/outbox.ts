import type { Outbox } from '@admit-one/core';
import type { OutboxQueue } from './outbox-queue.ts';
import type { MemoryStoreCore } from './store-core.ts';

interface Lease {
  readonly owner: string;
  readonly endsAt: number;
}

export function createOutbox(engine: MemoryStoreCore): Outbox {
  const leases = new Map<number, Lease>();

  function queueOf(partition: number): OutboxQueue {
    engine.assertOpen();
    return engine.partition(partition).queue;
  }

  return {
    async lease(partition, owner, leaseMs) {
      engine.assertOpen();
      const now = engine.now();
      const held = leases.get(partition);
      if (held && held.owner !== owner && now < held.endsAt) return false;
      leases.set(partition, { owner, endsAt: now + leaseMs });
      return true;
    },
    async unlease(partition, owner) {
      engine.assertOpen();
      if (leases.get(partition)?.owner === owner) leases.delete(partition);
    },
    head: async (partition, limit) => queueOf(partition).head(limit),
    knownHead: () => undefined,
    remove: async (partition, through) => queueOf(partition).remove(through),
    level: async (partition) => queueOf(partition).level(),
    onAppend: (listener) => engine.onAppend(listener),
    // Its one epoch ends with the process.
    onEpochEnd: () => () => {},
    end: async () => engine.end(),
  };
}
