import {
  CONTROL_PAGE,
  type ControlBounds,
  type ControlEntry,
  type ControlStore,
  type ControlVersion,
  enforcementOf,
  isInForce,
  isLogOut,
  isMany,
  listBoundOf,
  newId,
  type RevocationGuard,
  StoreError,
} from '@admit-one/core';
import type { MemoryStoreCore } from './store-core.ts';

interface Held {
  readonly entry: ControlEntry;
  readonly number: number;
}

/** The control entries, and what the ticket store asks of them. */
export interface MemoryControl {
  readonly store: ControlStore;
  /** The subject of the first guard that an entry in force blocks. */
  blockedBy(guards: readonly RevocationGuard[], now: number): string | undefined;
}

/** The partition whose outbox takes the events. */
const PARTITION = 0;

/** A store in memory is one epoch: it has lost its entries once, when its process started. */
export function createControlStore(engine: MemoryStoreCore, bounds: ControlBounds): MemoryControl {
  /** Those in the list, by id, in the order of their last change. */
  const entries = new Map<string, Held>();
  /** Log-outs that have left it, by subject, the first to leave first. */
  const unlisted = new Map<string, ControlEntry>();
  let unlistedUntil = 0;
  /** By subject, those that the store enforces. */
  const enforced = new Map<string, ControlEntry>();
  let version: ControlVersion | undefined;

  function present(): ControlVersion {
    engine.assertOpen();
    if (!version) throw new StoreError('control_lost', 'the control entries are not restored');
    return version;
  }

  function hold(entry: ControlEntry, number: number): void {
    entries.delete(entry.id);
    unlisted.delete(entry.subject);
    entries.set(entry.id, { entry, number });
    if (enforcementOf(entry.kind)) enforced.set(entry.subject, entry);
  }

  function forgetEnded(now: number): void {
    for (const [id, { entry }] of entries) {
      if (entry.until > now) continue;
      entries.delete(id);
      enforced.delete(entry.subject);
    }
  }

  /** Takes log-outs from the list that have been there long enough; @param room also the first one */
  function unlist(now: number, room: boolean): void {
    let needed = room;
    for (const [id, { entry }] of entries) {
      if (!isLogOut(entry)) continue;
      if (!needed && entry.changedAt > now - bounds.logOutListedMs) continue;
      needed = false;
      entries.delete(id);
      unlisted.set(entry.subject, entry);
      unlistedUntil = Math.max(unlistedUntil, entry.changedAt);
    }
    for (const [subject, { until }] of unlisted) {
      if (until > now) break;
      unlisted.delete(subject);
      enforced.delete(subject);
    }
  }

  /** @throws {StoreError} */
  function makeRoom(entry: ControlEntry, now: number): void {
    forgetEnded(now);
    const isFull = entries.size >= listBoundOf(entry, bounds) && !entries.has(entry.id);
    unlist(now, isFull && isMany(entry));
    if (entries.size >= listBoundOf(entry, bounds) && !entries.has(entry.id))
      throw new StoreError('outbox_full', `there are ${entries.size} control entries`);
    if (isLogOut(entry) && entries.size + unlisted.size >= bounds.maxLogOuts && !enforced.has(entry.subject))
      throw new StoreError('outbox_full', `there are ${entries.size + unlisted.size} log-outs`);
  }

  function findBlocking(guards: readonly RevocationGuard[], now: number): string | undefined {
    return guards.find(({ subject, notSince }) => {
      const entry = enforced.get(subject);
      return entry !== undefined && isInForce(entry, now) && entry.at >= notSince;
    })?.subject;
  }

  const store: ControlStore = {
    async changes(after) {
      const { generation, number } = present();
      const complete = after?.generation !== generation;
      const later = [...entries.values()].filter((held) => complete || held.number > after.number);
      const page = later.slice(0, CONTROL_PAGE);
      const more = page.length < later.length;
      return {
        version: { generation, number: more ? (page.at(-1)?.number ?? number) : number },
        entries: page.map(({ entry }) => entry),
        complete,
        more,
        unlistedUntil,
        now: engine.now(),
      };
    },
    async change(expected, entry, event) {
      const { generation, number } = present();
      if (expected.generation !== generation || expected.number !== number) return { ok: false };
      const partition = engine.partition(PARTITION);
      makeRoom(entry, engine.now());
      partition.queue.makeSureOfRoom(1, 'existing');
      partition.queue.push([event]);
      version = { generation, number: number + 1 };
      hold(entry, version.number);
      engine.notifyAppend(partition);
      return { ok: true, version };
    },
    async isRevoked(guards) {
      present();
      return findBlocking(guards, engine.now()) !== undefined;
    },
    async enforce() {
      present();
    },
    async restore(restored) {
      engine.assertOpen();
      if (version) return;
      version = { generation: newId(), number: restored.length };
      const now = engine.now();
      for (const [n, entry] of restored.entries()) {
        hold(entry, n + 1);
        unlist(now, entries.size > bounds.maxListed);
      }
    },
  };

  return {
    store,
    blockedBy: findBlocking,
  };
}
