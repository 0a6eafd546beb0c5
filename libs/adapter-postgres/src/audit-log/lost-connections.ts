import {
  AUDIT_LOG_PARTITION_KEY,
  type DeliveryPosition,
  type LostConnections,
  lostConnectionEvent,
  numbered,
  type ReceivedEvent,
} from '@admit-one/core';
import type { Sql, SqlQueries } from '../sql/sql.ts';
import { appendPlaced } from './append.ts';

/** Any number that no other program takes advisory locks on: one process at a time numbers the audit log's own events. */
const CLOSING_LOCK = 7_206_544_118;

const LOST = `
  SELECT lost.connection, opened.event, (extract(epoch FROM edge.seen_at) * 1000)::bigint::text AS edge_seen_at,
         EXISTS (
           SELECT FROM event AS closed
           WHERE closed.connection = lost.connection AND closed.type = 'admit.connection.closed'
             AND closed.time >= lost.time - interval '1 minute'
         ) AS is_closed
  FROM open_connection AS lost
  JOIN partition_sequence AS edge ON edge.partition_key = lost.edge
  JOIN event AS opened
    ON (opened.time, opened.partition_key, opened.sequence) = (lost.time, lost.partition_key, lost.sequence)
  WHERE (edge.closed OR edge.silent_since IS NOT NULL)
    AND edge.seen_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
  ORDER BY lost.connection LIMIT $2
  FOR UPDATE OF lost SKIP LOCKED`;

/** Behind every event of a message: those of the audit log itself, in the order of their sequences. */
const OWN_INDEX = 1_000_000;

interface Row {
  readonly connection: string;
  readonly event: string;
  readonly edge_seen_at: string;
  readonly is_closed: boolean;
}

/** All in one transaction, which one process at a time is in: so each connection is closed once. */
export function closeLostConnections(sql: Sql, lost: LostConnections): Promise<readonly ReceivedEvent[]> {
  return sql.transaction(async (transaction) => {
    const [lock] = await transaction.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS taken',
      [CLOSING_LOCK],
    );
    return lock?.taken ? closeWithin(transaction, lost) : [];
  });
}

async function closeWithin(
  sql: SqlQueries,
  { source, now, silentMs, limit }: LostConnections,
): Promise<readonly ReceivedEvent[]> {
  const rows = await sql.query<Row>(LOST, [silentMs, limit]);
  if (rows.length === 0) return [];
  const last = await lastSequence(sql);
  const events = rows
    .filter((row) => !row.is_closed)
    .map((row, n) => {
      const consumed = JSON.parse(row.event) as ReceivedEvent;
      const event = lostConnectionEvent({ consumed, edgeSeenAt: Number(row.edge_seen_at), source, now });
      return numbered(event, AUDIT_LOG_PARTITION_KEY, last + 1 + n) as ReceivedEvent;
    });
  await sql.query('DELETE FROM open_connection WHERE connection = ANY ($1::text[])', [
    rows.map(({ connection }) => connection),
  ]);
  const position = await positionAhead(sql);
  const placed = events.map((event, n) => ({ position, index: OWN_INDEX + last + n, event }));
  return (await appendPlaced(sql, placed, [])).stored;
}

/**
 * A position that no follower has passed: within the next message, which has not been received. The lock keeps it from being
 * received meanwhile.
 */
async function positionAhead(sql: SqlQueries): Promise<DeliveryPosition> {
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
