import type { AcknowledgementKind } from '../events/acknowledgement-kinds.ts';
import type { EventData, EventType } from '../events/catalogue.ts';
import type { ReceivedEvent } from '../events/cloud-event.ts';
import { type EventFact, eventFacts } from '../events/event-facts.ts';
import type { Pathway } from '../schemas.ts';
import type { AlertStore } from './alert-store.ts';
import type { DeliveryPosition } from './bus.ts';
import type { SealStore } from './seal-store.ts';
import type { WithdrawnTokenStore } from './withdrawn-token-store.ts';

/** What a search looks at: the facts of an event, its type, and the instance that published it. */
export const filterFacts = ['type', ...(Object.keys(eventFacts) as EventFact[]), 'source', 'trace'] as const;

export type FilterFact = 'type' | EventFact | 'source' | 'trace';

/**
 * A condition on one fact: it is one of `include`, where that is given, and none of `exclude`. An event without the fact
 * meets `exclude` alone. A `ticket` of fewer than 43 characters stands for all that begin with it, and an `address` may be
 * a prefix in CIDR notation.
 */
export interface FactCondition {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** A search; every given condition must hold. */
export interface AuditFilter {
  readonly facts?: { readonly [Fact in FilterFact]?: FactCondition | undefined };
  /** Conditions on attributes of the principal, by name. */
  readonly attributes?: Readonly<Record<string, FactCondition>> | undefined;
  /** At least one must hold: a text that may be one of several facts. Values have the meaning that they have in `facts`. */
  readonly anyOf?: readonly { readonly fact: FilterFact; readonly value: string }[] | undefined;
  /** RFC 3339, inclusive. */
  readonly from?: string | undefined;
  /** RFC 3339, exclusive. */
  readonly to?: string | undefined;
}

export interface AuditPage {
  readonly limit: number;
  /** Oldest or newest first, or in the order of the stream, up to the horizon: nothing appears before that any more. */
  readonly order: 'asc' | 'desc' | 'position';
  /** From the `next` of the page before; with the order `position`, any position. */
  readonly cursor?: string | undefined;
  /** With the order `position`: whether events come with their salts, which the verification of seals needs. */
  readonly salts?: boolean | undefined;
}

/** An event with its position in the stream, `<generation>.<sequence>.<index>`: total, durable, the same after a rebuild. */
export type StoredEvent = ReceivedEvent & {
  readonly position: string;
  /** What its personal values are hashed with in a seal: see `commitPersonalValues`. On pages that ask for it, and until they are forgotten. */
  readonly salt?: string | undefined;
};

/**
 * A page of a search. A search looks at a bounded number of events for each page: where few of them match, the page is shorter
 * than its limit, or empty, and `next` continues.
 */
export interface AuditSearchPage {
  readonly events: readonly StoredEvent[];
  /** Continues right after this page, at the end too. */
  readonly next: string;
  /** RFC 3339: how far the log was searched. */
  readonly scannedTo: string;
  /** Whether there is nothing more for now. */
  readonly end: boolean;
}

/** A message of the stream with the valid events in it, which may be none. */
export interface StreamMessage {
  readonly position: DeliveryPosition;
  readonly events: readonly { readonly index: number; readonly event: ReceivedEvent }[];
}

/** What the audit log holds of one generation of the stream. A stream that was created again is another generation. */
export interface StreamReport {
  readonly generation: number;
  /** What the bus calls it. */
  readonly name: string;
  /** The end of the first run of messages without a gap: up to here nothing can appear any more. */
  readonly horizon: number;
  /** The last message received. */
  readonly last: number;
  /** Messages between the two that have not come yet. */
  readonly missingCount: number;
  /** Messages that the stream dropped before they were received. */
  readonly lostCount: number;
  /** Missing and lost messages that an operator has acknowledged; they are in no other count. */
  readonly acknowledgedCount: number;
  /** When its first message was received, RFC 3339. */
  readonly beganAt: string;
  /** When the horizon last moved, RFC 3339: since then, where messages are missing. */
  readonly horizonAt: string;
}

/** How long the audit log keeps events. Counts by minute, and what is kept aside, stay for 400 days. */
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

/** The sequences received under one partition key. */
export interface SequenceReport {
  readonly partitionkey: string;
  /** The first sequence seen; above 1, what came before is unknown, not missing. 1 where none was seen. */
  readonly first: number;
  /** The last sequence seen; 0 where none was. */
  readonly last: number;
  /** The highest sequence that existed: the last seen, or a later one that another event names. */
  readonly announced: number;
  /** The holes from `first` to `announced`, inclusive on both ends, oldest first, at most 100. */
  readonly missing: readonly (readonly [from: number, to: number])[];
  readonly missingCount: number;
  /** Since when the oldest of them has been missing, RFC 3339; null where none is. */
  readonly missingSince: string | null;
  /** How many missing events an operator has acknowledged; they are not in `missing` and its count. */
  readonly acknowledgedCount: number;
  /** How many events were kept aside because another has their place, and are not acknowledged. */
  readonly conflictCount: number;
  readonly state: PartitionKeyState;
  /** Since when the tail is unknown, RFC 3339. Null while it is open or closed. */
  readonly tailUnknownSince: string | null;
  /** When the last event of this key was stored, RFC 3339. */
  readonly seenAt: string;
}

/**
 * `open`: more events may come. `closed`: the last event was named, and seen. `tail_unknown`: no event comes, and which
 * was the last isn't known: an instance fell silent, or another epoch of the store began. `tail_acknowledged`: an operator
 * knows that.
 */
export type PartitionKeyState = 'open' | 'closed' | 'tail_unknown' | 'tail_acknowledged';

/** What was kept aside of one partition key or subject, and is not acknowledged. */
export interface KeptAside {
  readonly name: string;
  readonly count: number;
  /** When the first was kept, RFC 3339. */
  readonly since: string;
}

/** An operator's word that something is known, and why it is no matter any more. What comes later isn't covered. */
export interface Acknowledgement {
  readonly kind: AcknowledgementKind;
  readonly name: string;
  readonly reason: string;
  /** The subject of the operator. */
  readonly operator: string;
}

export interface StoredAcknowledgement extends Acknowledgement {
  /** RFC 3339. */
  readonly acknowledgedAt: string;
}

export interface SequencesOptions {
  /** Only keys with events missing or in conflict, or whose tail is unknown. */
  readonly incompleteOnly?: boolean;
  /** Only these keys. */
  readonly partitionkeys?: readonly string[] | undefined;
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

/** The number of events of a type and reason; a folded event counts as its `count`. */
export interface EventTotal {
  readonly type: EventType;
  readonly reason: string | null;
  readonly count: number;
}

/** A counter of the audit log: see `countsOf`. */
export interface LogCount {
  readonly counter: string;
  /** Since the log began. */
  readonly total: number;
  /** What events of the last days have added. */
  readonly recent: number;
}

/** What the audit log knows about the present. */
export interface LogLevels {
  /** Connections that have been open for `STAYED_SECONDS` and still are; none of a probe. */
  readonly stayedConnections: Readonly<Record<Pathway, number>>;
  /** Rejections in the last 5 minutes of the client network that has the most. */
  readonly largestRejectedPrefix: number;
  /** Of the origin that was blocked for the most client networks in the last 10 minutes, for how many. */
  readonly largestBlockedOrigin: number;
  /** How many instances of each service were heard of in the last 30 s and have not stopped. */
  readonly instances: Readonly<Record<string, number>>;
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

/**
 * What events are counted by, beside their type; and by each attribute of the principal, as `attribute.<name>`. `prefix` is the
 * network of the address, an IPv4 /24 or an IPv6 /64, and counts rejections alone.
 */
export const dimensions = [
  'reason',
  'route',
  'edge',
  'origin',
  'pathway',
  'carrier',
  'agent',
  'client',
  'issuer',
  'kid',
  'prefix',
] as const;

export type Dimension = (typeof dimensions)[number] | `attribute.${string}`;

/** Events are counted by the minute: the minutes that begin in the range. */
export interface CountedRange {
  /** RFC 3339; the minute that it lies in is counted. */
  readonly from: string;
  /** RFC 3339, exclusive. */
  readonly to: string;
  /** Only events of these types. */
  readonly types?: readonly EventType[] | undefined;
  /** Only events with these reasons. */
  readonly reasons?: readonly string[] | undefined;
}

export interface CountsQuery extends CountedRange {
  /** Whole minutes. Intervals begin at multiples of it since 1970. */
  readonly intervalSeconds: number;
  /** Only events that have it, by its values. */
  readonly dimension?: Dimension | undefined;
}

/** The number of events in an interval; a folded event counts as its `count`. */
export interface EventCount {
  /** Where the interval begins, RFC 3339. */
  readonly time: string;
  readonly type: EventType;
  readonly reason: string | null;
  /** Of the dimension; null where none was asked for. */
  readonly value: string | null;
  readonly count: number;
}

export interface TopValuesQuery extends CountedRange {
  /** For each dimension. */
  readonly limit: number;
}

export interface ValueCount {
  readonly dimension: Dimension;
  readonly value: string;
  readonly count: number;
  /** How many events have the dimension, whatever its value. */
  readonly known: number;
}

/** What became of the tickets that were issued in a minute for a route and pathway. */
export interface TicketCohort {
  /** The minute, RFC 3339. */
  readonly time: string;
  readonly route: string | null;
  readonly pathway: string | null;
  readonly issued: number;
  /** Reserved at least once. */
  readonly presented: number;
  readonly consumed: number;
  readonly revoked: number;
  /** Neither consumed nor revoked so far. */
  readonly unused: number;
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

/** `unavailable`: no answer. `bad_cursor`: not a cursor that a page returned. */
export class AuditLogError extends Error {
  readonly code: 'unavailable' | 'bad_cursor';

  constructor(code: 'unavailable' | 'bad_cursor', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuditLogError';
    this.code = code;
  }
}
