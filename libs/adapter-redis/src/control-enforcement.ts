import {
  CONTROL_PAGE,
  type ControlEntry,
  type ControlVersion,
  enforcementOf,
  hasReached,
  StoreError,
} from '@admit-one/core';
import { expiryOf } from './expiry-of.ts';
import { ALL_PARTITIONS, fenceField, keysOf } from './keys.ts';
import type { ScriptReply } from './scripts/script.ts';
import type { RedisStoreCore } from './store-core.ts';

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

/** Reads the entries, which are in one partition, and enforces them in all of them. All methods throw `StoreError`. */
export interface ControlEnforcement {
  /** The changes after a version; all entries where it is null, or of another generation. */
  readPage(after: ControlVersion | null, limit?: number): Promise<Page>;
  /** Enforces a change in every partition. @param before the version that it was made on */
  enforceChange(before: ControlVersion, change: Change): Promise<void>;
  /** Brings every partition up to the present entries. */
  enforce(): Promise<void>;
  /** Brings a partition up to the present entries. */
  enforcePartition(partition: number): Promise<void>;
}

/** The partition that the entries of all partitions are in. */
export const HOME = 0;
/** The number of a version that has not even the first change. */
const NO_CHANGE = -1;
/** How many entries are scanned at once: of all partitions at the same time. */
const SCANNED_AT_ONCE = 200;
/** Other processes may enforce the same changes at the same time. */
const MAX_RACES = 100;

export function createControlEnforcement(engine: RedisStoreCore): ControlEnforcement {
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

  return {
    readPage,
    async enforceChange(before, change) {
      const version = { ...before, number: change.number };
      await Promise.all(
        ALL_PARTITIONS.map(async (partition) => {
          const held = await enforceChanges(partition, textOf(before), version, [change], true);
          if (!hasReached(versionIn(held), version)) await enforcePartition(partition, held);
        }),
      );
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
    enforcePartition: (partition) => enforcePartition(partition),
  };
}

export function assertNotLost([outcome]: ScriptReply): void {
  if (outcome === 'lost') throw new StoreError('control_lost', 'Redis may have lost control entries');
}

function textOf({ generation, number }: ControlVersion): string {
  return `${generation}.${number}`;
}

function versionIn(text: string): ControlVersion | null {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? null : { generation: text.slice(0, dot), number: Number(text.slice(dot + 1)) };
}
