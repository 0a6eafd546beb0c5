import { type Outbox, readEncoded } from '@admit-one/core';
import { keysOf } from './keys.ts';
import type { RedisStoreCore } from './store-core.ts';

export function createOutbox(engine: RedisStoreCore): Outbox {
  const { ownEvents } = engine;
  return {
    async lease(partition, owner, leaseMs) {
      const [outcome, key = '', last] = await engine.runInEpoch(partition, {
        script: 'lease',
        keys: ({ lease }) => [lease],
        args: [owner, Math.max(1, Math.ceil(leaseMs))],
      });
      engine.acknowledged.note(key, Number(last));
      if (outcome !== 'ok') ownEvents.forget(partition);
      return outcome === 'ok';
    },

    async unlease(partition, owner) {
      ownEvents.forget(partition);
      await engine.run({ script: 'unlease', partition, keys: [keysOf(partition).lease], args: [owner] });
    },

    async head(partition, limit) {
      if (limit < 1) return [];
      const { outbox } = keysOf(partition);
      const lines = await engine.send((redis) => redis.lrangeBuffer(outbox, 0, limit - 1));
      return lines.map(readEncoded);
    },

    knownHead: (partition, limit) => ownEvents.head(partition, limit),

    async remove(partition, through) {
      const { partitionkey, sequence } = through;
      const keys = [keysOf(partition).outbox];
      let removed = false;
      try {
        const call = { script: 'remove', partition, keys, args: [partitionkey, sequence] } as const;
        removed = (await engine.run(call))[0] === 'ok';
      } finally {
        if (removed) ownEvents.removed(partition, through);
        else ownEvents.forget(partition);
      }
    },

    async level(partition) {
      const keys = [keysOf(partition).outbox];
      const [, events] = await engine.run({ script: 'level', partition, keys, args: [] });
      return { events: Number(events), ...engine.bounds };
    },

    onAppend: (listener) => engine.onAppend(listener),
    onEpochEnd: (listener) => engine.acknowledged.onEpochEnd(listener),
    async end() {},
  };
}
