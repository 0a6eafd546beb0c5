import {
  AUDIT_LOG_PARTITION_KEY,
  type DeliveryPosition,
  type NewEvent,
  numbered,
  type ReceivedEvent,
} from '@admit-one/core';
import type { SqlQueries } from '../sql/sql.ts';
import { appendPlaced } from './append.ts';

/** Behind every event of a message: those of the audit log itself, in the order of their sequences. */
const OWN_INDEX = 1_000_000;

/** Stores events of the audit log itself. The transaction must hold the lock `ownEvents`. Returns them. */
export async function appendOwnEvents(
  sql: SqlQueries,
  own: readonly NewEvent[],
): Promise<readonly ReceivedEvent[]> {
  const last = await lastSequence(sql);
  const position = await positionAhead(sql);
  const placed = own.map((event, n) => ({
    position,
    index: OWN_INDEX + last + n,
    event: numbered(event, AUDIT_LOG_PARTITION_KEY, last + 1 + n) as ReceivedEvent,
  }));
  return (await appendPlaced(sql, placed, [])).stored;
}

/**
 * A position that no follower has passed: within the next message, which has not been received. The lock keeps it from being
 * received meanwhile.
 */
export async function positionAhead(sql: SqlQueries): Promise<DeliveryPosition> {
  const [row] = await sql.query<{ name: string; next: string }>(
    `SELECT name, upper(received)::text AS next FROM stream_generation
     ORDER BY generation DESC LIMIT 1 FOR UPDATE`,
  );
  const sequence = Number(row?.next ?? 1);
  return { stream: row?.name ?? '', sequence, first: sequence };
}

async function lastSequence(sql: SqlQueries): Promise<number> {
  const [row] = await sql.query<{ last: string }>(
    'SELECT coalesce(upper(received) - 1, 0)::text AS last FROM partition_sequence WHERE partition_key = $1',
    [AUDIT_LOG_PARTITION_KEY],
  );
  return Number(row?.last ?? 0);
}
