import {
  CONTROL_PAGE,
  type ControlBounds,
  type ControlEntry,
  type ControlStore,
  isLogOut,
  isMany,
  listBoundOf,
  newId,
  outboxBoundOf,
  StoreError,
} from '@admit-one/core';
import { assertNotLost, createControlEnforcement, HOME } from './control-enforcement.ts';
import { keysOf } from './keys.ts';
import { encodeEvents } from './outbox-line.ts';
import type { RedisStoreCore } from './store-core.ts';

/** The control entries, and what the ticket store needs of them. */
export interface RedisControl {
  readonly store: ControlStore;
  /** Whether this process follows the entries: then its appends must not pass a partition where they are not enforced. */
  readonly isFollowing: boolean;
  /** Brings a partition up to the present entries. @throws {StoreError} */
  enforcePartition(partition: number): Promise<void>;
}

/** How many entries are restored at once. */
const RESTORED_AT_ONCE = 500;

export function createControlStore(engine: RedisStoreCore, bounds: ControlBounds): RedisControl {
  const { readPage, enforceChange, enforce, enforcePartition } = createControlEnforcement(engine);
  let isFollowing = false;

  const store: ControlStore = {
    async changes(after) {
      const { version: present, unlistedUntil, now, changes } = await readPage(after);
      isFollowing = true;
      const last = changes.at(-1);
      const more = changes.length === CONTROL_PAGE && last !== undefined;
      const version = more ? { ...present, number: last.number } : present;
      const complete = after?.generation !== version.generation;
      return { version, entries: changes.map(({ entry }) => entry), complete, more, unlistedUntil, now };
    },

    async change(expected, entry, event) {
      const events = encodeEvents([event]);
      const reply = await engine.runInEpoch(HOME, {
        script: 'controlChange',
        keys: ({ control, outbox }) => [...control, outbox],
        args: [
          expected.generation,
          expected.number,
          entry.id,
          JSON.stringify(entry),
          entry.until,
          outboxBoundOf('existing', engine.bounds),
          listBoundOf(entry, bounds),
          isMany(entry) ? '1' : '',
          logOutTimeOf(entry),
          bounds.maxLogOuts,
          bounds.logOutListedMs,
          ...events.map(({ json }) => json),
        ],
      });
      assertNotLost(reply);
      const [outcome, partitionkey = '', sequence] = reply;
      if (outcome === 'version') return { ok: false };
      if (outcome !== 'ok') throw new StoreError('outbox_full', 'there is no room for a control entry');
      engine.noteAppend(HOME, partitionkey, Number(sequence), events);
      const version = { ...expected, number: expected.number + 1 };
      await enforceChange(expected, { number: version.number, entry });
      return { ok: true, version };
    },

    async isRevoked(guards) {
      await readPage(null, 0);
      const keys = guards.map(({ subject }) => keysOf(HOME).revoked(subject));
      const times = await engine.send((redis) => redis.mget(keys));
      return guards.some(({ notSince }, n) => Number(times[n] ?? Number.NEGATIVE_INFINITY) >= notSince);
    },

    enforce,

    async restore(entries) {
      const generation = newId();
      for (let from = 0; from === 0 || from < entries.length; from += RESTORED_AT_ONCE) {
        const some = entries.slice(from, from + RESTORED_AT_ONCE);
        const isLast = from + RESTORED_AT_ONCE >= entries.length;
        const [outcome] = await engine.runInEpoch(HOME, {
          script: 'controlRestore',
          keys: ({ control }) => [...control],
          args: [
            generation,
            from === 0 ? '1' : '',
            isLast ? '1' : '',
            bounds.maxListed,
            bounds.logOutListedMs,
            ...some.flatMap((entry) => [entry.id, JSON.stringify(entry), entry.until, logOutTimeOf(entry)]),
          ],
        });
        if (outcome !== 'ok') return;
      }
    },
  };

  return {
    store,
    get isFollowing() {
      return isFollowing;
    },
    enforcePartition,
  };
}

/** The time of a log-out; '' of any other entry. */
function logOutTimeOf(entry: ControlEntry): number | '' {
  return isLogOut(entry) ? entry.changedAt : '';
}
