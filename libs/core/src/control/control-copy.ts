import type { NewEvent } from '../events/cloud-event.ts';
import {
  type ControlChanges,
  type ControlStore,
  type ControlVersion,
  hasReached,
} from '../ports/control-store.ts';
import { StoreError } from '../ports/ticket-store.ts';
import { type ControlEntry, ISSUING, isInForce, isLogOut } from './control-entry.ts';
import { type ConnectionFacts, findRevocation } from './match-connection.ts';

/** How often a lost race is run again: of the processes that change entries at the same time, one wins each. */
const MAX_RACES = 50;

/** A process's copy of the control entries. */
export interface ControlCopy {
  /** Null before the first changes. */
  readonly version: ControlVersion | null;
  /** Store time, Unix milliseconds: log-outs up to then may have left the list. */
  readonly unlistedUntil: number;
  /** The entry about a subject, in force or not. */
  about(subject: string): ControlEntry | undefined;
  /** The entry in force that revokes what the facts are about. @param now store time */
  revocationOf(facts: ConnectionFacts, now: number): ControlEntry | undefined;
  /** Whether issuing is paused. @param now store time */
  isPaused(now: number): boolean;
  all(): readonly ControlEntry[];
  inForce(now: number): readonly ControlEntry[];
  /** Takes changes over, and returns the entries that are new or other than before. */
  take(changes: ControlChanges): readonly ControlEntry[];
}

export function createControlCopy(): ControlCopy {
  /** By subject: looked up for each ticket, without a digest. */
  const entries = new Map<string, ControlEntry>();
  let version: ControlVersion | null = null;
  let unlistedUntil = 0;

  /** Entries that end or leave the list leave the copy with the next change. */
  function forgetEnded(now: number): void {
    for (const [subject, entry] of entries)
      if (entry.until <= now || (isLogOut(entry) && entry.changedAt <= unlistedUntil))
        entries.delete(subject);
  }

  function findInForce(subject: string, now: number): ControlEntry | undefined {
    const entry = entries.get(subject);
    return entry && isInForce(entry, now) ? entry : undefined;
  }

  return {
    get version() {
      return version;
    },
    get unlistedUntil() {
      return unlistedUntil;
    },
    about: (subject) => entries.get(subject),
    revocationOf: (facts, now) =>
      entries.size === 0 ? undefined : findRevocation(facts, (_, subjectOf) => findInForce(subjectOf(), now)),
    isPaused: (now) => findInForce(ISSUING, now) !== undefined,
    all: () => [...entries.values()],
    inForce: (now) => [...entries.values()].filter((entry) => isInForce(entry, now)),
    take({ version: next, entries: changed, complete, unlistedUntil: unlisted, now }) {
      if (!complete && hasReached(version, next)) return [];
      const other = changed.filter((entry) => !isSame(entry, entries.get(entry.subject)));
      if (complete) entries.clear();
      for (const entry of changed) entries.set(entry.subject, entry);
      unlistedUntil = unlisted;
      forgetEnded(now);
      version = next;
      return other;
    },
  };
}

function isSame(one: ControlEntry, other: ControlEntry | undefined): boolean {
  return one.changedAt === other?.changedAt && one.undone === other.undone;
}

/** Brings a copy up to date. @throws {StoreError} */
export async function refreshCopy(
  store: Pick<ControlStore, 'changes'>,
  copy: ControlCopy,
): Promise<Pick<ControlChanges, 'version' | 'unlistedUntil' | 'now'>> {
  for (;;) {
    const changes = await store.changes(copy.version);
    copy.take(changes);
    if (!changes.more) return changes;
  }
}

export interface ControlChange {
  readonly previous: ControlVersion;
  readonly version: ControlVersion;
  readonly entry: ControlEntry;
  /** Store time of the change. */
  readonly now: number;
}

/**
 * Makes a change of the control entries.
 * @param copy brought up to date first, and with the change
 * @param decide the entry to write; null for nothing. It is decided again after a lost race
 * @throws {StoreError}
 */
export async function changeControl(
  store: ControlStore,
  copy: ControlCopy,
  decide: (now: number) => ControlEntry | null,
  eventOf: (entry: ControlEntry) => NewEvent,
): Promise<ControlChange | null> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { version: previous, unlistedUntil, now } = await refreshCopy(store, copy);
    const entry = decide(now);
    if (!entry) return null;
    const changed = await store.change(previous, entry, eventOf(entry));
    if (!changed.ok) continue;
    const { version } = changed;
    copy.take({ version, entries: [entry], complete: false, more: false, unlistedUntil, now });
    return { previous, version, entry, now };
  }
  throw new StoreError('unavailable', `${MAX_RACES} other changes of the control entries came first`);
}

/** An entry in the place of one in force: it never ends earlier, and rejects no fewer tokens. */
export function mergedEntry(
  entry: ControlEntry,
  before: ControlEntry | undefined,
  now: number,
): ControlEntry {
  if (!before || !isInForce(before, now)) return entry;
  return { ...entry, at: Math.max(entry.at, before.at), until: Math.max(entry.until, before.until) };
}
