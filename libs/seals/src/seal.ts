import { createHash } from 'node:crypto';
import { commitPersonalValues, parsePosition, type StoredEvent, type StreamPosition } from '@admit-one/core';
import { leafHash, treeHash } from './merkle-tree.ts';

/** The events of one day, by their own time in UTC, in a seal. */
export interface SealedDay {
  /** `2026-01-31` */
  readonly day: string;
  readonly events: number;
  /** Hex: the Merkle tree hash (RFC 6962) over the events in the order of their positions. */
  readonly root: string;
}

/** What a seal says: which events were in the audit log between two positions. */
export interface Seal {
  /** From 1, without a gap. */
  readonly number: number;
  /** The digest of the seal before; null in the first one. */
  readonly previous: string | null;
  /** The position behind which it begins, where the seal before ended; `START` in the first one. */
  readonly after: string;
  /** The position of its last event. */
  readonly to: string;
  /** How leaves are formed: see `leafOf`. Absent: 1. */
  readonly leaf?: number;
  /** At least one, in the order of the days. A day keeps its root here after its events were dropped. */
  readonly days: readonly SealedDay[];
  /** RFC 3339 */
  readonly sealedAt: string;
}

/** Before every position. */
export const START = '0.0.0';

/** The position that a seal or an event names. A text that is not a position counts as the one before all. */
export function positionIn(text: string): StreamPosition {
  return parsePosition(text) ?? { generation: 0, sequence: 0, index: 0 };
}

/** How new seals form their leaves. */
export const LEAF = 2;

/**
 * The hash of a leaf: of the event with its position, as `JSON.stringify` writes what an export has parsed; members keep their
 * order. In the form 2, personal values are replaced by commitments, as long as the event has a salt.
 */
export function leafOf({ salt, ...event }: StoredEvent, form: number): Buffer {
  return leafHash(
    JSON.stringify(form === 1 || salt === undefined ? event : commitPersonalValues(event, salt)),
  );
}

/** The day of an event, by its own time in UTC: which tree of a seal it is in. */
export function dayOf({ time }: StoredEvent): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Collects the events of one seal. */
export interface SealContents {
  /** In the order of positions. */
  add(event: StoredEvent): void;
  /** How many were added. */
  readonly count: number;
  /** In the order of the days. */
  days(): readonly SealedDay[];
}

/** @param form of the leaves */
export function createSealContents(form: number = LEAF): SealContents {
  const leaves = new Map<string, Buffer[]>();
  let count = 0;
  return {
    add(event) {
      const day = dayOf(event);
      const ofDay = leaves.get(day) ?? [];
      ofDay.push(leafOf(event, form));
      leaves.set(day, ofDay);
      count += 1;
    },
    get count() {
      return count;
    },
    days: () =>
      [...leaves]
        .map(([day, ofDay]) => ({ day, events: ofDay.length, root: treeHash(ofDay).toString('hex') }))
        .sort((one, other) => (one.day < other.day ? -1 : 1)),
  };
}

/** The digest of a signed seal: SHA-256 in hex. */
export function digestOfSeal(jws: string): string {
  return createHash('sha256').update(jws).digest('hex');
}
