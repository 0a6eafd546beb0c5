import { type ControlEntry, isOfUser } from '../control/control-entry.ts';
import type { NewEvent } from '../events/cloud-event.ts';

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
  /** In the order of their last change. An entry that was undone is among them until it would have ended. */
  readonly entries: readonly ControlEntry[];
  /** Whether these are all entries, or the first of them, because the version asked for is of another generation. */
  readonly complete: boolean;
  /** Whether there are later changes. */
  readonly more: boolean;
  /** Store time, Unix milliseconds. */
  readonly now: number;
}

/** The most entries in one answer. */
export const CONTROL_PAGE = 1_000;

/** The most entries that a store keeps. */
export const MAX_CONTROL_ENTRIES = 100_000;

/** At how many entries a store takes no further one like this: what users cause leaves room for what operators decide. */
export function entryBoundOf(entry: Pick<ControlEntry, 'by'>): number {
  return isOfUser(entry) ? MAX_CONTROL_ENTRIES * 0.9 : MAX_CONTROL_ENTRIES;
}

/**
 * The control entries, in the ticket store.
 *
 * - **Atomic**: `change` writes the entry and its event to the outbox, or nothing.
 * - **Enforced**: when `change` has resolved, no append passes what the entry revokes. Where it fails after the write, any
 *   later call of `change` or `enforce` by any process completes it.
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
   * @throws {StoreError} `outbox_full` also where there are as many as `entryBoundOf` says
   */
  change(
    expected: ControlVersion,
    entry: ControlEntry,
    event: NewEvent,
  ): Promise<{ readonly ok: true; readonly version: ControlVersion } | { readonly ok: false }>;
  /** Brings every partition up to the present entries. */
  enforce(): Promise<void>;
  /** Begins a generation with these entries. Does nothing where there is one already. */
  restore(entries: readonly ControlEntry[]): Promise<void>;
}
