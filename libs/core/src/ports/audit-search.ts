import type { ReceivedEvent } from '../events/cloud-event.ts';
import { type EventFact, eventFacts } from '../events/event-facts.ts';

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
