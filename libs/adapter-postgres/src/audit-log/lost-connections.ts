import { type LostConnections, lostConnectionEvent, type ReceivedEvent } from '@admit-one/core';
import { tryLock } from '../sql/advisory-locks.ts';
import type { Sql, SqlQueries } from '../sql/sql.ts';
import { appendOwnEvents } from './own-events.ts';
import { unixMsText } from './values.ts';

const LOST = `
  SELECT lost.connection, opened.event, ${unixMsText('edge.seen_at')} AS edge_seen_at,
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

interface Row {
  readonly connection: string;
  readonly event: string;
  readonly edge_seen_at: string;
  readonly is_closed: boolean;
}

/** All in one transaction, which one process at a time is in: so each connection is closed once. */
export function closeLostConnections(sql: Sql, lost: LostConnections): Promise<readonly ReceivedEvent[]> {
  return sql.transaction(async (transaction) => {
    return (await tryLock(transaction, 'ownEvents')) ? closeWithin(transaction, lost) : [];
  });
}

async function closeWithin(
  sql: SqlQueries,
  { source, now, silentMs, limit }: LostConnections,
): Promise<readonly ReceivedEvent[]> {
  const rows = await sql.query<Row>(LOST, [silentMs, limit]);
  if (rows.length === 0) return [];
  const events = rows
    .filter((row) => !row.is_closed)
    .map((row) => {
      const consumed = JSON.parse(row.event) as ReceivedEvent;
      return lostConnectionEvent({ consumed, edgeSeenAt: Number(row.edge_seen_at), source, now });
    });
  await sql.query('DELETE FROM open_connection WHERE connection = ANY ($1::text[])', [
    rows.map(({ connection }) => connection),
  ]);
  return appendOwnEvents(sql, events);
}
