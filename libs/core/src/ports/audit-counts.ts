import type { EventType } from '../events/catalogue.ts';
import type { Pathway } from '../schemas.ts';

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
