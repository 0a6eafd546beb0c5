import { createHash } from 'node:crypto';
import type { StoredEvent } from '@admit-one/core';
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
  /** At least one, in the order of the days. A day keeps its root here after its events were dropped. */
  readonly days: readonly SealedDay[];
  /** RFC 3339 */
  readonly sealedAt: string;
}

/** Before every position. */
export const START = '0.0.0';

/** A leaf is the event with its position, as `JSON.stringify` writes what an export has parsed: members keep their order. */
function leafOf(event: StoredEvent): Buffer {
  return leafHash(JSON.stringify(event));
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

export function createSealContents(): SealContents {
  const leaves = new Map<string, Buffer[]>();
  let count = 0;
  return {
    add(event) {
      const day = new Date(event.time).toISOString().slice(0, 10);
      const ofDay = leaves.get(day) ?? [];
      ofDay.push(leafOf(event));
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
