import {
  CONTROL_PAGE,
  type ControlBounds,
  type ControlEntry,
  type ControlStore,
  type ControlVersion,
  enforcementOf,
  hasReached,
  isLogOut,
  isMany,
  listBoundOf,
  newId,
  outboxBoundOf,
  StoreError,
} from '@admit-one/core';
import { expiryOf } from './expiry-of.ts';
import { ALL_PARTITIONS, fenceField, keysOf } from './keys.ts';
import { encodeEvents } from './outbox-line.ts';
import type { ScriptReply } from './scripts/script.ts';
import type { RedisStoreCore } from './store-core.ts';

/** The control entries, and what the ticket store needs of them. */
export interface RedisControl {
  readonly store: ControlStore;
  /** Whether this process follows the entries: then its appends must not pass a partition where they are not enforced. */
  readonly isFollowing: boolean;
  /** Brings a partition up to the present entries. @throws {StoreError} */
  enforcePartition(partition: number): Promise<void>;
}

/** An entry with the number of its last change. */
interface Change {
  readonly number: number;
  readonly entry: ControlEntry;
}

interface Page {
  readonly version: ControlVersion;
  readonly unlistedUntil: number;
  readonly now: number;
  readonly changes: readonly Change[];
}

/** The partition that the entries of all partitions are in. */
const HOME = 0;
/** The number of a version that has not even the first change. */
const NO_CHANGE = -1;
/** How many entries are restored at once, and scanned: of all partitions at the same time. */
const RESTORED_AT_ONCE = 500;
const SCANNED_AT_ONCE = 200;
/** Other processes may enforce the same changes at the same time. */
const MAX_RACES = 100;

export function createControlStore(engine: RedisStoreCore, bounds: ControlBounds): RedisControl {
  let isFollowing = false;

  async function readPage(after: ControlVersion | null, limit = CONTROL_PAGE): Promise<Page> {
    const reply = await engine.runInEpoch(HOME, {
      script: 'controlRead',
      keys: ({ control: [record, entries, order] }) => [record, entries, order],
      args: [after?.generation ?? '', after?.number ?? 0, limit],
    });
    assertNotLost(reply);
    const [, now, generation = '', number, unlistedUntil, ...rest] = reply;
    const changes = Array.from({ length: rest.length / 2 }, (_, n) => ({
      number: Number(rest[2 * n]),
      entry: JSON.parse(rest[2 * n + 1] ?? '') as ControlEntry,
    }));
    const version = { generation, number: Number(number) };
    return { version, unlistedUntil: Number(unlistedUntil), now: Number(now), changes };
  }

  /** Brings a partition from the version that it has to another. Returns the version that it has then. */
  async function enforceChanges(
    partition: number,
    held: string,
    next: ControlVersion,
    changes: readonly Change[],
    isLast: boolean,
  ): Promise<string> {
    const markers = changes.filter(({ entry }) => enforcementOf(entry.kind) === 'marker');
    const fences = changes.filter(({ entry }) => enforcementOf(entry.kind) === 'fence');
    const reply = await engine.runInEpoch(partition, {
      script: 'controlEnforce',
      keys: (of) => markers.map(({ entry }) => of.revoked(entry.subject)),
      args: [
        held,
        textOf(next),
        isLast ? '1' : '',
        ...markers.flatMap(({ entry: { at, until, undone } }) => [at, undone ? '' : expiryOf(until)]),
        ...fences.flatMap(({ entry: { subject, at, until, undone } }) => [
          fenceField(subject),
          undone ? '' : `${at} ${until}`,
        ]),
      ],
    });
    return reply[0] === 'ok' ? textOf(next) : (reply[1] ?? '');
  }

  /** Enforces all entries, in the list or not, in a partition that has none. Returns the version that it has then. */
  async function enforceAll(partition: number, held: string, version: ControlVersion): Promise<string> {
    const none = { ...version, number: NO_CHANGE };
    for (let cursor = '0', present = held; ; ) {
      const reply = await engine.runInEpoch(HOME, {
        script: 'controlScan',
        keys: ({ control: [record, entries] }) => [record, entries],
        args: [cursor, SCANNED_AT_ONCE],
      });
      assertNotLost(reply);
      const [, next = '0', ...rest] = reply;
      const changes = rest.flatMap((text, n) =>
        n % 2 === 0 ? [] : [{ number: NO_CHANGE, entry: JSON.parse(text) as ControlEntry }],
      );
      const isLast = next === '0';
      const after = isLast ? version : none;
      const has = await enforceChanges(partition, present, after, changes, isLast);
      if (isLast || has !== textOf(none)) return has;
      [cursor, present] = [next, has];
    }
  }

  /** @param known the version that it has, where it is known */
  async function enforcePartition(partition: number, known = ''): Promise<void> {
    let held = known;
    for (let race = 0; race < MAX_RACES; race += 1) {
      const since = versionIn(held);
      const { version, unlistedUntil, changes } = await readPage(since);
      const hasNone = since?.generation !== version.generation || since.number === NO_CHANGE;
      if (unlistedUntil > 0 && hasNone) {
        held = await enforceAll(partition, held, version);
        continue;
      }
      if (held === textOf(version)) return;
      const last = changes.at(-1);
      const isLast = changes.length < CONTROL_PAGE || !last;
      const next = isLast ? version : { ...version, number: last.number };
      held = await enforceChanges(partition, held, next, changes, isLast);
    }
    throw new StoreError('unavailable', 'Redis: the control entries keep changing');
  }

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
      await Promise.all(
        ALL_PARTITIONS.map(async (partition) => {
          const change = [{ number: version.number, entry }];
          const held = await enforceChanges(partition, textOf(expected), version, change, true);
          if (!hasReached(versionIn(held), version)) await enforcePartition(partition, held);
        }),
      );
      return { ok: true, version };
    },

    async isRevoked(guards) {
      await readPage(null, 0);
      const keys = guards.map(({ subject }) => keysOf(HOME).revoked(subject));
      const times = await engine.send((redis) => redis.mget(keys));
      return guards.some(({ notSince }, n) => Number(times[n] ?? Number.NEGATIVE_INFINITY) >= notSince);
    },

    async enforce() {
      const { version } = await readPage(null, 0);
      // One after the other: after a loss, each reads all entries.
      for (const partition of ALL_PARTITIONS) {
        const { epoch } = keysOf(partition);
        const held = (await engine.send((redis) => redis.hget(epoch, 'control'))) ?? '';
        if (held !== textOf(version)) await enforcePartition(partition, held);
      }
    },

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

function assertNotLost([outcome]: ScriptReply): void {
  if (outcome === 'lost') throw new StoreError('control_lost', 'Redis may have lost control entries');
}

function textOf({ generation, number }: ControlVersion): string {
  return `${generation}.${number}`;
}

function versionIn(text: string): ControlVersion | null {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? null : { generation: text.slice(0, dot), number: Number(text.slice(dot + 1)) };
}
