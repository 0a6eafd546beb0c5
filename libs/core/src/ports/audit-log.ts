import type { EventData } from '../events/catalogue.ts';
import type { ReceivedEvent } from '../events/cloud-event.ts';
import type { AlertStore } from './alert-store.ts';
import type {
  Acknowledgement,
  KeptAside,
  PartitionKeyState,
  SequenceReport,
  SequencesOptions,
  StoredAcknowledgement,
  StreamReport,
} from './audit-completeness.ts';
import type {
  CountsQuery,
  EventCount,
  EventTotal,
  LogCount,
  LogLevels,
  TicketCohort,
  TopValuesQuery,
  ValueCount,
} from './audit-counts.ts';
import type { AuditFilter, AuditPage, AuditSearchPage } from './audit-search.ts';
import type { DeliveryPosition } from './bus.ts';
import type { SealStore } from './seal-store.ts';
import type { WithdrawnTokenStore } from './withdrawn-token-store.ts';

/** A message of the stream with the valid events in it, which may be none. */
export interface StreamMessage {
  readonly position: DeliveryPosition;
  readonly events: readonly { readonly index: number; readonly event: ReceivedEvent }[];
}

/** How long the audit log keeps events. Counts by minute, and what is kept aside, stay for 400 days; the counts as long as events, where that is longer. */
export interface Retention {
  /** How many days before today, in UTC. */
  readonly days: number;
  /** How much events may take on disk before the oldest days are dropped too, though never today; null for any size. */
  readonly maxBytes: number | null;
}

/** What the audit log holds on disk. */
export interface StorageReport {
  /** The oldest day that is kept, `2026-01-31`; null where there are no days yet. */
  readonly oldestDay: string | null;
  /** RFC 3339: events before this time were dropped, and are not stored any more. Null where none were. */
  readonly keptFrom: string | null;
  /** The size of the days' events, with their indexes. */
  readonly bytes: number;
  /** Events of other times than the kept days and the next three; at most 100,000 are counted. */
  readonly outsideCount: number;
  /** When `maintain` last succeeded, RFC 3339. */
  readonly maintainedAt: string | null;
}

/** What became of the events of an append; repeats of what was stored before are in neither list. */
export interface AppendedEvents {
  /** Those that were new, in the order given. */
  readonly stored: readonly ReceivedEvent[];
  /** Those that were kept aside now, because a different event has their place. */
  readonly conflicting: readonly ReceivedEvent[];
}

/** How connections are closed in the audit log whose edge is gone. */
export interface LostConnections {
  /** The instance that closes them: the `source` of the events. */
  readonly source: string;
  /** Store time, Unix milliseconds. */
  readonly now: number;
  /** For how long nothing must have come from the edge. */
  readonly silentMs: number;
  /** How many to close at most. */
  readonly limit: number;
}

/** Whose personal values are to be removed. */
export interface Forgetting {
  /** The user, in every form in which it may be stored. */
  readonly users: readonly string[];
  /** The alias of the issuer; undefined for any. */
  readonly issuer?: string | undefined;
  readonly reason: string;
  readonly operator: { readonly subject: string; readonly from: OperatorKind };
  /** The instance that does it: the `source` of the event. */
  readonly source: string;
  readonly traceparent: string | null;
  /** Store time, Unix milliseconds. */
  readonly now: number;
  /** Only count. */
  readonly dryRun: boolean;
}

type OperatorKind = EventData<'admit.audit.forgotten'>['operator']['from'];

/** What a forgetting has removed, or would remove. */
export interface Forgotten {
  /** How many events had personal values of the user. */
  readonly events: number;
  /** How many of them keep these: they were sealed without salts, or are revocations in force. */
  readonly kept: number;
}

/** A process, as its own events tell of it. */
export interface InstanceReport {
  readonly instance: string;
  readonly service: string;
  /** `silent`: nothing came from it for 30 s, and it has not said that it stops. */
  readonly state: 'alive' | 'silent' | 'stopped';
  /** When its last event was stored, RFC 3339. */
  readonly heardAt: string;
  /** The data of its last `started`, `alive` or `stopped`; null where that is not among the newest events. */
  readonly told: Readonly<Record<string, unknown>> | null;
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
 * - **Identity**: an event is its place, partition key and sequence. `append` is idempotent: the same event at its
 *   place is a repeat. A different event at a place that is taken is never stored and never dropped: it is kept aside,
 *   and counted in its key's report.
 * - **Atomic**: new events, their positions, sequences, counts and claims (`sequenceClaimsOf`) are stored together or not
 *   at all, with the fact that their messages were received. Only the events that are stored count as received, and only
 *   their claims count. After a failed call, repeat it: what is kept aside follows in a second write.
 * - Readers see events in the order (`time`, `partitionkey`, `sequence`), followers in the order of their positions. A
 *   cursor continues right after its page. A late event is behind a reader's cursor, and never behind a follower's.
 *
 * All methods throw `AuditLogError`.
 */
export interface AuditLog {
  /** In the same database. */
  readonly alerts: AlertStore;
  readonly seals: SealStore;
  readonly withdrawnTokens: WithdrawnTokenStore;
  append(messages: readonly StreamMessage[]): Promise<AppendedEvents>;
  keepDeadLetters(messages: readonly DeadLetter[]): Promise<void>;
  query(filter: AuditFilter, page: AuditPage): Promise<AuditSearchPage>;
  /**
   * Prepares the storage of the next days, and drops the days that are not kept. An event that is older than what is kept
   * is counted when it comes, not stored, and is a repeat afterwards. Returns the dropped days.
   * @param now Unix milliseconds
   */
  maintain(retention: Retention, now: number): Promise<readonly string[]>;
  storage(): Promise<StorageReport>;
  /** Every generation of the stream, the newest first. */
  streams(): Promise<readonly StreamReport[]>;
  totals(): Promise<readonly EventTotal[]>;
  /** The counters that are not 0. @param recentDays how many days are recent, in UTC, today included */
  logCounts(recentDays: number): Promise<readonly LogCount[]>;
  levels(): Promise<LogLevels>;
  /** The instances heard of within an hour before the last one, by service. */
  instances(): Promise<readonly InstanceReport[]>;
  /**
   * In the order of time, type, reason and value. Also of events that are no longer kept. Of a dimension, the 100 values that
   * are most frequent in the range are counted by themselves, all others together as `(other)`.
   */
  counts(query: CountsQuery): Promise<readonly EventCount[]>;
  /** The most frequent values of each dimension, in its order; the most frequent first. */
  topValues(query: TopValuesQuery): Promise<readonly ValueCount[]>;
  /** The tickets issued in the minutes that begin in a range, in the order of time, route and pathway. */
  cohorts(range: { readonly from: string; readonly to: string }): Promise<readonly TicketCohort[]>;
  sequences(options?: SequencesOptions): Promise<readonly SequenceReport[]>;
  /** Conflicts by partition key and dead letters by subject, the latest first, at most 100 of each. */
  keptAside(): Promise<{
    readonly conflicts: readonly KeptAside[];
    readonly deadLetters: readonly KeptAside[];
  }>;
  /** Takes what is wrong now out of the counts. False, and nothing is recorded, where nothing is. */
  acknowledge(acknowledgement: Acknowledgement): Promise<boolean>;
  /** The latest first, at most 100. */
  acknowledgements(): Promise<readonly StoredAcknowledgement[]>;
  /** How many partition keys are in each state. */
  partitionKeyStates(): Promise<Readonly<Record<PartitionKeyState, number>>>;
  /** Sets the tail of open instances to unknown that nothing came from for so long. Returns those keys, once each. */
  markSilent(silentMs: number): Promise<readonly string[]>;
  /**
   * Stores `admit.connection.closed` for connections whose edge has stopped or fallen silent and did not report their
   * end, under `AUDIT_LOG_PARTITION_KEY`. Each connection is closed once, even by callers at the same time. Returns the
   * events.
   */
  closeLostConnections(lost: LostConnections): Promise<readonly ReceivedEvent[]>;
  /**
   * Removes the personal values of the events of a user, of their tickets, sessions and connections, wherever the audit log has
   * them, with what they were counted by, and stores `admit.audit.forgotten` under `AUDIT_LOG_PARTITION_KEY`: all or nothing.
   * Seals over these events stay valid, and the same events do not come back when they are delivered again.
   */
  forget(forgetting: Forgetting): Promise<Forgotten>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `unavailable`: no answer. `bad_cursor`: not a cursor that a page returned. `bad_value`: a value that cannot be stored. */
export type AuditLogErrorCode = 'unavailable' | 'bad_cursor' | 'bad_value';

export class AuditLogError extends Error {
  readonly code: AuditLogErrorCode;

  constructor(code: AuditLogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuditLogError';
    this.code = code;
  }
}
