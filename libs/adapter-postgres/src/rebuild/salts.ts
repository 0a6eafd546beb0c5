import { AUDIT_LOG_PARTITION_KEY, type ReceivedEvent } from '@admit-one/core';
import type { PlacedEvent } from '../audit-log/columns.ts';
import { timeOf } from '../audit-log/values.ts';
import type { SqlQueries } from '../sql/sql.ts';
import type { Present } from './present.ts';

interface Row {
  readonly partition_key: string;
  readonly sequence: string;
  readonly salt: string | null;
  readonly forgotten_at: string | null;
  /** Of a forgotten event: what is left of it. */
  readonly event: string | null;
}

/**
 * Events of the stream as the present tables have them: with the same salts, so that seals stay valid, and without what was
 * forgotten. Those that the present tables lack are new.
 */
export async function asPresent(
  database: SqlQueries,
  { schema }: Present,
  placed: readonly PlacedEvent[],
): Promise<readonly PlacedEvent[]> {
  const rows = await database.query<Row>(
    `SELECT partition_key, sequence::text AS sequence, salt::text AS salt, forgotten_at::text AS forgotten_at,
            CASE WHEN forgotten_at IS NOT NULL THEN event END AS event
     FROM unnest($1::float8[], $2::text[], $3::bigint[]) AS incoming (at, partition_key, sequence)
     JOIN ${schema}.event USING (partition_key, sequence)
     WHERE time = ${timeOf('at')}`,
    [
      placed.map(({ event }) => Date.parse(event.time)),
      placed.map(({ event }) => event.partitionkey),
      placed.map(({ event }) => event.sequence),
    ],
  );
  const present = new Map(rows.map((row) => [`${row.partition_key} ${row.sequence}`, row]));
  return placed.map((one) => {
    const row = present.get(`${one.event.partitionkey} ${Number(one.event.sequence)}`);
    if (!row) return one;
    const event = row.event === null ? one.event : (JSON.parse(row.event) as ReceivedEvent);
    return { ...one, event, salt: row.salt, forgottenAt: row.forgotten_at };
  });
}

/** How many events tell of forgotten users. */
export async function countForgettings(database: SqlQueries, { schema }: Present): Promise<number> {
  const [row] = await database.query<{ count: string }>(
    `SELECT count(*)::text AS count FROM ${schema}.event WHERE partition_key = $1 AND type = 'admit.audit.forgotten'`,
    [AUDIT_LOG_PARTITION_KEY],
  );
  return Number(row?.count ?? 0);
}
