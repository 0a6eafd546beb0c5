import type { ReceivedEvent } from '@admit-one/core';
import type { SqlQueries } from '../sql/sql.ts';
import { timeOf } from './values.ts';

/** A separate statement: it sees the events that others stored while the append waited for them. */
const KEEP_CONFLICTS = `
  INSERT INTO event_conflict (partition_key, sequence, digest, event)
  SELECT partition_key, sequence, sha256(convert_to(incoming.event, 'UTF8')), incoming.event
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::float8[]) AS incoming (partition_key, sequence, event, time)
  WHERE ${timeOf('incoming.time')} >= (SELECT kept_from FROM retention) AND NOT EXISTS (
    SELECT FROM event AS stored
    WHERE (stored.time, stored.partition_key, stored.sequence) =
          (${timeOf('incoming.time')}, incoming.partition_key, incoming.sequence)
      AND (stored.event = incoming.event OR stored.forgotten_at IS NOT NULL)
  )
  ORDER BY 1, 2, 3
  ON CONFLICT DO NOTHING
  RETURNING event`;

/**
 * Keeps the events aside that differ from the one at their place, each once. Returns those that were not kept before. Those
 * older than what the log keeps, or at the place of a forgotten one, have nothing to be compared with, and count as repeats.
 * @param events none that is the first of its place
 */
export async function keepConflicts(
  sql: SqlQueries,
  events: readonly ReceivedEvent[],
): Promise<readonly ReceivedEvent[]> {
  const texts = new Map(events.map((event) => [JSON.stringify(event), event]));
  const differing = [...texts.values()];
  const rows = await sql.query<{ event: string }>(KEEP_CONFLICTS, [
    differing.map(({ partitionkey }) => partitionkey),
    differing.map(({ sequence }) => sequence),
    [...texts.keys()],
    differing.map(({ time }) => Date.parse(time)),
  ]);
  const kept = new Set(rows.map(({ event }) => event));
  return [...texts].filter(([text]) => kept.has(text)).map(([, event]) => event);
}
