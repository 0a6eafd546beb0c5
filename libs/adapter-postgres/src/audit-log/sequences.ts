import {
  AUDIT_LOG_PARTITION_KEY,
  type PartitionKeyState,
  type SequenceReport,
  type SequencesOptions,
} from '@admit-one/core';
import { STORE_KEY } from '../sql/migrations.ts';
import type { Sql } from '../sql/sql.ts';
import { timeText, unixMsText } from './values.ts';

const MOST_HOLES = 100;

/**
 * Every partition key with its state. An epoch of the store is followed by any other of its partition that began later;
 * one whose beginning isn't known is taken for the earliest.
 */
export const KEYS = `
  SELECT numbering.*, followed.since AS followed_since, conflicts.count AS conflict_count,
         CASE WHEN closed THEN 'closed'
              WHEN coalesce(silent_since, followed.since) <= tail_acknowledged_at THEN 'tail_acknowledged'
              WHEN coalesce(silent_since, followed.since) IS NOT NULL THEN 'tail_unknown'
              ELSE 'open' END AS state
  FROM partition_sequence AS numbering
  LEFT JOIN LATERAL (
    SELECT min(later.began_at) AS since FROM partition_sequence AS later
    WHERE left(later.partition_key, 4) = left(numbering.partition_key, 4) AND later.${STORE_KEY}
      AND later.began_at > coalesce(numbering.began_at, '-infinity')
  ) AS followed ON numbering.${STORE_KEY}
  LEFT JOIN (
    SELECT partition_key, count(*) FROM event_conflict WHERE acknowledged_at IS NULL GROUP BY partition_key
  ) AS conflicts USING (partition_key)`;

/** SQL for what lies between the first and the last announced sequence and was not received. */
export const HOLES = `
  int8multirange(int8range(coalesce(lower(received), 1), greatest(upper(received) - 1, announced), '[]')) - received`;

/** Ranges end before their upper bound. */
const REPORT = `
  WITH known AS (${KEYS})
  SELECT partition_key,
         coalesce(lower(received), 1)::text AS first,
         coalesce(upper(received) - 1, 0)::text AS last,
         greatest(upper(received) - 1, announced)::text AS announced,
         ${unixMsText('seen_at')} AS seen_at,
         state,
         ${unixMsText('coalesce(silent_since, followed_since)')} AS tail_unknown_since,
         coalesce(conflict_count, 0)::text AS conflict_count,
         holes.count::text AS missing_count,
         ${unixMsText('hole_since')} AS hole_since,
         (SELECT coalesce(sum(upper(place) - lower(place)), 0)::text FROM unnest(acknowledged - received) AS place)
           AS acknowledged_count,
         holes.missing
  FROM known
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(upper(hole) - lower(hole)), 0) AS count,
           coalesce(
             json_agg(json_build_array(lower(hole), upper(hole) - 1) ORDER BY hole) FILTER (WHERE place <= ${MOST_HOLES}),
             '[]'
           )::text AS missing
    FROM (
      SELECT hole, row_number() OVER (ORDER BY hole) AS place
      FROM unnest(${HOLES} - acknowledged) AS hole
    ) AS placed
  ) AS holes
  WHERE (NOT $1 OR incomplete OR state = 'tail_unknown' OR conflict_count > 0)
    AND (NOT $1 OR holes.count > 0 OR state = 'tail_unknown' OR conflict_count > 0)
    AND ($2::text[] IS NULL OR partition_key = ANY ($2))
  ORDER BY partition_key`;

interface Row {
  readonly partition_key: string;
  readonly first: string;
  readonly last: string;
  readonly announced: string;
  readonly seen_at: string;
  readonly state: PartitionKeyState;
  readonly tail_unknown_since: string | null;
  readonly conflict_count: string;
  readonly missing_count: string;
  readonly missing: string;
  readonly hole_since: string;
  readonly acknowledged_count: string;
}

export async function sequences(
  sql: Sql,
  { incompleteOnly = false, partitionkeys }: SequencesOptions = {},
): Promise<readonly SequenceReport[]> {
  const rows = await sql.query<Row>(REPORT, [incompleteOnly, partitionkeys ?? null]);
  return rows.map((row) => ({
    partitionkey: row.partition_key,
    first: Number(row.first),
    last: Number(row.last),
    announced: Number(row.announced),
    missing: JSON.parse(row.missing) as [number, number][],
    missingCount: Number(row.missing_count),
    missingSince: Number(row.missing_count) > 0 ? timeText(row.hole_since) : null,
    acknowledgedCount: Number(row.acknowledged_count),
    conflictCount: Number(row.conflict_count),
    state: row.state,
    tailUnknownSince:
      row.state.startsWith('tail_') && row.tail_unknown_since !== null
        ? timeText(row.tail_unknown_since)
        : null,
    seenAt: timeText(row.seen_at),
  }));
}

export async function partitionKeyStates(sql: Sql): Promise<Readonly<Record<PartitionKeyState, number>>> {
  const rows = await sql.query<{ state: PartitionKeyState; count: string }>(
    `SELECT state, count(*)::text AS count FROM (${KEYS}) AS known GROUP BY state`,
  );
  const counts = Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  return { open: 0, closed: 0, tail_unknown: 0, tail_acknowledged: 0, ...counts };
}

const MARK_SILENT = `
  UPDATE partition_sequence SET silent_since = seen_at
  WHERE NOT closed AND silent_since IS NULL AND NOT (${STORE_KEY}) AND partition_key <> $2
    AND seen_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
  RETURNING partition_key`;

/** Under the audit log's own key nobody says `alive`. */
export async function markSilent(sql: Sql, silentMs: number): Promise<readonly string[]> {
  const rows = await sql.query<{ partition_key: string }>(MARK_SILENT, [silentMs, AUDIT_LOG_PARTITION_KEY]);
  return rows.map(({ partition_key: key }) => key);
}
