import { comparePositions, parsePosition, type ReceivedEvent, type StreamPosition } from '@admit-one/core';
import type { SqlQueries } from '../sql/sql.ts';

/** What decides whether an event keeps its personal values. */
export interface Kept {
  /** Whether anything is sealed. */
  readonly isSealed: boolean;
  /** Up to here, leaves were formed without salts. */
  readonly withoutSalts: StreamPosition | null;
  /** Store time, Unix milliseconds. */
  readonly now: number;
}

export async function readKept(sql: SqlQueries, now: number): Promise<Kept> {
  const seals = await sql.query<{ leaf: number; sealed_to: string }>(
    'SELECT DISTINCT ON (leaf) leaf, sealed_to FROM seal ORDER BY leaf, number DESC',
  );
  const old = seals.find(({ leaf }) => leaf === 1);
  return { isSealed: seals.length > 0, withoutSalts: old ? parsePosition(old.sealed_to) : null, now };
}

export interface StoredText {
  readonly event: ReceivedEvent;
  readonly position: string;
  readonly salt: string | null;
}

/**
 * Whether an event must keep its personal values: a seal has them as they are, or it is a revocation that has not ended, which a
 * ticket store that was lost is told of. One that was undone is kept too: it is told of as undone.
 */
export function isKept(
  { isSealed, withoutSalts, now }: Kept,
  { event: { type, data }, position, salt }: StoredText,
): boolean {
  const at = parsePosition(position);
  if (salt === null && isSealed) return true;
  if (withoutSalts && at && comparePositions(at, withoutSalts) <= 0) return true;
  const isEntry = type === 'admit.session.revoked' || type === 'admit.control.changed';
  return isEntry && typeof data.until === 'number' && data.until > now;
}
