import { type Outbox, readEncoded } from '@admit-one/core';
import { keysOf } from './keys.ts';
import type { RedisStoreCore } from './store-core.ts';

export function createOutbox(engine: RedisStoreCore): Outbox {
  return {
    async lease(partition, owner, leaseMs) {
      const [outcome, key = '', last] = await engine.runInEpoch(partition, {
        script: 'lease',
        keys: ({ lease }) => [lease],
        args: [owner, Math.max(1, Math.ceil(leaseMs))],
      });
      engine.acknowledged.note(key, Number(last));
      return outcome === 'ok';
    },

    async unlease(partition, owner) {
      await engine.run({ script: 'unlease', partition, keys: [keysOf(partition).lease], args: [owner] });
    },

    async head(partition, limit) {
      const lines = await engine.send((redis) =>
        limit < 1 ? Promise.resolve([]) : redis.lrangeBuffer(keysOf(partition).outbox, 0, limit - 1),
      );
      return lines.map(readEncoded);
    },

    async remove(partition, { partitionkey, sequence }) {
      const keys = [keysOf(partition).outbox];
      await engine.run({ script: 'remove', partition, keys, args: [partitionkey, sequence] });
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
