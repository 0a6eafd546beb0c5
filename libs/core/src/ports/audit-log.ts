import type { EventType } from '../events/catalogue.ts';
import type { ReceivedEvent } from '../events/cloud-event.ts';

/** A search; every given condition must hold. */
export interface AuditFilter {
  readonly types?: readonly EventType[] | undefined;
  readonly ticket?: string | undefined;
  readonly session?: string | undefined;
  readonly user?: string | undefined;
  readonly connection?: string | undefined;
  readonly reason?: string | undefined;
  /** RFC 3339, inclusive. */
  readonly from?: string | undefined;
  /** RFC 3339, exclusive. */
  readonly to?: string | undefined;
}

export interface AuditPage {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** From the `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** The sequences received under one partition key. */
export interface SequenceReport {
  readonly partitionkey: string;
  /** The first sequence seen; above 1, what came before is unknown, not missing. */
  readonly first: number;
  readonly last: number;
  /** The holes between them, inclusive on both ends, oldest first, at most 100. */
  readonly missing: readonly (readonly [from: number, to: number])[];
  readonly missingCount: number;
  /** When the last event of this key was stored, RFC 3339. */
  readonly seenAt: string;
}

/** The number of events of a type and reason; a folded event counts as its `count`. */
export interface EventTotal {
  readonly type: EventType;
  readonly reason: string | null;
  readonly count: number;
}

/** A message with something other than valid events in it, kept for operators. */
export interface DeadLetter {
  readonly subject: string;
  readonly issue: string;
  readonly body: Uint8Array;
}

/**
 * The audit log: the read model of all events.
 *
 * - `append` is atomic and idempotent: an event id is stored once, even if a repeat differs. Sequences are recorded in
 *   the same transaction, of repeats too.
 * - Readers see events in the order (`time`, `partitionkey`, `sequence`). A cursor continues right after its page.
 *
 * All methods throw `AuditLogError`.
 */
export interface AuditLog {
  /** Stores events and returns those that were new. */
  append(events: readonly ReceivedEvent[]): Promise<readonly ReceivedEvent[]>;
  keepDeadLetters(messages: readonly DeadLetter[]): Promise<void>;
  query(
    filter: AuditFilter,
    page: AuditPage,
  ): Promise<{ readonly events: readonly ReceivedEvent[]; readonly next: string | null }>;
  totals(): Promise<readonly EventTotal[]>;
  /** The sequences of every partition key; only those with gaps where `incompleteOnly`. */
  sequences(options?: { readonly incompleteOnly?: boolean }): Promise<readonly SequenceReport[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `unavailable`: no answer. `bad_cursor`: not a cursor that a page returned. */
export class AuditLogError extends Error {
  readonly code: 'unavailable' | 'bad_cursor';

  constructor(code: 'unavailable' | 'bad_cursor', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuditLogError';
    this.code = code;
  }
}
