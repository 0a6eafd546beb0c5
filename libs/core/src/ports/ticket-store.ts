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

/** A control entry that an append must not overtake. */
export interface RevocationGuard {
  readonly subject: string;
  /** Unix seconds: the append fails if the subject was revoked at this time or later. */
  readonly notSince: number;
}

/** What a write is for: it decides how full an outbox may be. See `outboxBoundOf`. */
export type TicketWork =
  /** Issues a ticket. */
  | 'new'
  /** Continues towards the admission of a ticket. */
  | 'existing'
  /** Reserves a ticket that was reserved before. */
  | 'again'
  /** Gives a reservation back: it ends by itself if there is no room. */
  | 'release';

/** What is recorded: one rejection, or the count of many. */
export type RecordWork = 'rejection' | 'folded';

export interface TicketAppend {
  readonly ticketId: string;
  readonly expectedVersion: string | null;
  /** At least one; one event at most 16 KiB, or the append is a `RangeError` and writes nothing. */
  readonly events: readonly NewEvent[];
  readonly state: TicketState;
  /** Store time, Unix milliseconds: from then on the ticket is unknown. */
  readonly retainUntil: number;
  /** Entries about this session or user: see `enforcementOf`. */
  readonly guards: readonly RevocationGuard[];
  /** Entries about many. */
  readonly fences: readonly RevocationGuard[];
  readonly work: TicketWork;
}

export type AppendResult =
  /** `now` is store time, Unix milliseconds. */
  | { readonly ok: true; readonly version: string; readonly now: number }
  /** The ticket changed since it was loaded: load and decide again. */
  | { readonly ok: false; readonly because: 'version' }
  | { readonly ok: false; readonly because: 'revoked'; readonly subject: string };

export interface EventRecord {
  /** The ticket whose partition takes the event. */
  readonly ticketId: string;
  /** What tells two records of one ticket apart. A repeat carries the same. */
  readonly key: string;
  /** Bounded in size as those of an append. */
  readonly event: NewEvent;
  readonly work: RecordWork;
  /** The reason of a rejection, stored with the ticket for `inspect`. */
  readonly rejection?: Reason;
}

/** A ticket as it is now, for readers. */
export interface InspectedTicket extends Omit<LoadedTicket, 'version'> {
  /** The reason of the last rejection; null without one, and for an unknown ticket. */
  readonly lastRejection: Reason | null;
}

/**
 * State and event in one write.
 *
 * - **Atomic**: `append` writes the state and the events to the outbox, or nothing.
 * - **Ordered**: events of a partition get contiguous sequences in the order of their writes.
 * - **Idempotent**: `record` writes nothing where it recorded the same key of the same ticket in the last minute; a repeated
 *   `append` fails on its version.
 * - **Bounded**: of rejections, the store keeps a ticket's last one that came with a new event, for as long as the ticket. It keeps
 *   none for an unknown ticket: anyone can make up ids.
 * - **Epochs**: a store that may have lost writes forgets its tickets and numbers its events under a new partition key,
 *   `pNN.<epoch>`, of which `admit.store.started` is the first event.
 * - **Time-outs**: every call settles within the adapter's deadline. A failed call means *unknown*: the write may have
 *   happened, or may yet happen.
 * - **Close**: calls after `close` fail as unavailable; `close` may be repeated.
 *
 * All methods throw `StoreError`; anything else is a bug.
 */
export interface TicketStore {
  load(ticketId: string): Promise<LoadedTicket>;
  append(append: TicketAppend): Promise<AppendResult>;
  /** Writes an event that changes no ticket: a rejection. */
  record(record: EventRecord): Promise<void>;
  inspect(ticketId: string): Promise<InspectedTicket>;
  /** Checks that the store answers, and returns its time. */
  ping(): Promise<{ readonly now: number }>;
  close(): Promise<void>;
}

/** `unavailable`: no answer, outcome unknown. The others: nothing was written. `control_lost`: see `ControlStore`. */
export type StoreErrorCode = 'unavailable' | 'outbox_full' | 'control_lost';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
