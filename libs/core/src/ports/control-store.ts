import { type ControlEntry, isLogOut, isOfUser } from '../control/control-entry.ts';
import type { NewEvent } from '../events/cloud-event.ts';
import type { RevocationGuard } from './ticket-store.ts';

/** Which state of the control entries this is. Numbers of one generation grow by one from change to change. */
export interface ControlVersion {
  /** Another one begins when the entries are restored after a loss. */
  readonly generation: string;
  readonly number: number;
}

/** Whether a version has the changes up to another one of the same generation. */
export function hasReached(version: ControlVersion | null, other: ControlVersion): boolean {
  return version?.generation === other.generation && version.number >= other.number;
}

export interface ControlChanges {
  /** The version that they lead to. */
  readonly version: ControlVersion;
  /** Those in the list, in the order of their last change. An entry that was undone is among them until it would have ended. */
  readonly entries: readonly ControlEntry[];
  /** Whether these are all entries, or the first of them, because the version asked for is of another generation. */
  readonly complete: boolean;
  /** Whether there are later changes. */
  readonly more: boolean;
  /** Store time, Unix milliseconds: log-outs up to then may have left the list. 0 where none has. */
  readonly unlistedUntil: number;
  /** Store time, Unix milliseconds. */
  readonly now: number;
}

/** The most entries in one answer. */
export const CONTROL_PAGE = 1_000;

export interface ControlBounds {
  /** The most entries in the list. */
  readonly maxListed: number;
  /** The most log-outs in force, most of which have left the list. */
  readonly maxLogOuts: number;
  /** How long a log-out is in the list, unless later ones need the room. */
  readonly logOutListedMs: number;
}

export const CONTROL_BOUNDS: ControlBounds = {
  maxListed: 100_000,
  maxLogOuts: 1_000_000,
  logOutListedMs: 3_600_000,
};

/** Whether log-outs leave the list where it has no room for this entry. */
export function isMany(entry: Pick<ControlEntry, 'kind' | 'by'>): boolean {
  return isOfUser(entry) || isLogOut(entry);
}

/** At how many entries in the list there is no room for another one: what users cause leaves room for what operators decide. */
export function listBoundOf(
  entry: Pick<ControlEntry, 'kind' | 'by'>,
  { maxListed }: Pick<ControlBounds, 'maxListed'>,
): number {
  return isMany(entry) ? Math.ceil(maxListed * 0.9) : maxListed;
}

/**
 * The control entries, in the ticket store.
 *
 * - **Atomic**: `change` writes the entry and its event to the outbox, or nothing.
 * - **Enforced**: when `change` has resolved, no append passes what the entry revokes. Where it fails after the write, any
 *   later call of `change` or `enforce` by any process completes it.
 * - **The list**: a log-out leaves it after `logOutListedMs`, or when later ones need the room, and is enforced until it ends.
 * - **Epochs**: a store that may have lost writes knows that it may have lost entries. Then `changes` and `change` fail as
 *   `control_lost` until someone restores them. From the first `changes` that succeeds on, so does every append of
 *   the `TicketStore` that was opened together with it.
 *
 * All methods throw `StoreError`.
 */
export interface ControlStore {
  /** What has changed since a version, in pages; everything with null. */
  changes(after: ControlVersion | null): Promise<ControlChanges>;
  /**
   * Adds an entry, or replaces the one with its id. False where another change came first: nothing was written.
   * @throws {StoreError} `outbox_full` also where there are as many as `listBoundOf` says, or of log-outs `maxLogOuts`
   */
  change(
    expected: ControlVersion,
    entry: ControlEntry,
    event: NewEvent,
  ): Promise<{ readonly ok: true; readonly version: ControlVersion } | { readonly ok: false }>;
  /** Whether a marker blocks one of the guards: also one that has left the list. */
  isRevoked(guards: readonly RevocationGuard[]): Promise<boolean>;
  /** Brings every partition up to the present entries. */
  enforce(): Promise<void>;
  /** Begins a generation with these entries. Does nothing where there is one already. */
  restore(entries: readonly ControlEntry[]): Promise<void>;
}
