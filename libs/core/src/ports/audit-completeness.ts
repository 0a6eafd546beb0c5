import type { AcknowledgementKind } from '../events/acknowledgement-kinds.ts';

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
