import type { NewEvent } from '../events/cloud-event.ts';
import type { Reason } from '../reasons.ts';
import type { TicketState } from '../ticket/state.ts';

/** A ticket as it is now. */
export interface LoadedTicket {
  /** Opaque; never repeats, not even after the ticket was forgotten. Null where there is no ticket. */
  readonly version: string | null;
  readonly state: TicketState;
  /** Store time, Unix milliseconds: the only clock for ticket lifetimes. */
  readonly now: number;
}

/** A revocation that an append must not overtake. */
export interface RevocationGuard {
  readonly subject: string;
  /** Unix seconds: the append fails if the marker was set at this time or later. */
  readonly notSince: number;
}

export interface TicketAppend {
  readonly ticketId: string;
  readonly expectedVersion: string | null;
  /** At least one; one event at most 16 KiB, or the append is a `RangeError` and writes nothing. */
  readonly events: readonly NewEvent[];
  readonly state: TicketState;
  /** Store time, Unix milliseconds: from then on the ticket is unknown. */
  readonly retainUntil: number;
  readonly guards: readonly RevocationGuard[];
  /** New work stops at the outbox's soft bound; work on tickets already out may go on to the hard one. */
  readonly work: 'new' | 'existing';
}

export type AppendResult =
  /** `now` is store time, Unix milliseconds. */
  | { readonly ok: true; readonly version: string; readonly now: number }
  /** The ticket changed since it was loaded: load and decide again. */
  | { readonly ok: false; readonly because: 'version' }
  | { readonly ok: false; readonly because: 'revoked'; readonly marker: string };

export interface EventRecord {
  /** The ticket whose partition takes the events. */
  readonly ticketId: string;
  /** Bounded in size as those of an append. */
  readonly events: readonly NewEvent[];
  /** Why the ticket was refused, to be remembered beside it. */
  readonly rejection?: Reason;
}

/** A ticket as it is now, for whoever asks and changes nothing. */
export interface InspectedTicket extends Omit<LoadedTicket, 'version'> {
  /** Why it was refused the last time; null where it never was, and where there is no ticket. */
  readonly lastRejection: Reason | null;
}

/**
 * State and event in one write.
 *
 * - **Atomic**: `append` writes the state and the events to the outbox, or nothing.
 * - **Ordered**: events of a partition get contiguous sequences in the order of their writes.
 * - **Idempotent**: `record` skips events whose id it recorded in the last minute; a repeated `append` fails on its version.
 * - **Bounded**: of rejections, a ticket remembers the last that came with an event that was not skipped, for as long as the
 *   ticket itself was to be known then. Where there is no ticket nothing is remembered: ids can be made up without end.
 * - **Epochs**: a store that may have lost writes forgets its tickets and numbers its events under a new partition key,
 *   `pNN.<epoch>`, of which `admit.store.started` is the first event.
 * - **Time-outs**: every call settles within the adapter's deadline. A failed call means *unknown*: the write may have
 *   happened, or may yet happen.
 * - **Close**: calls after `close` fail as unavailable, but for `close` itself.
 *
 * All methods throw `StoreError`, and nothing else for anything but a bug.
 */
export interface TicketStore {
  load(ticketId: string): Promise<LoadedTicket>;
  append(append: TicketAppend): Promise<AppendResult>;
  /** Writes events that change no ticket: rejections. */
  record(record: EventRecord): Promise<void>;
  inspect(ticketId: string): Promise<InspectedTicket>;
  /**
   * Sets a revocation marker in every partition.
   * @param at Unix seconds; a later mark wins over an earlier one, in whichever order they come
   * @param retainUntil store time, Unix milliseconds
   */
  revoke(marker: string, at: number, retainUntil: number): Promise<void>;
  /** Proves that the store answers, and tells its time. */
  ping(): Promise<{ readonly now: number }>;
  close(): Promise<void>;
}

/** `unavailable`: no answer, outcome unknown. `outbox_full`: refused, nothing written. */
export class StoreError extends Error {
  readonly code: 'unavailable' | 'outbox_full';

  constructor(code: 'unavailable' | 'outbox_full', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
