import type { SequenceReport } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';

const MOST_HOLES = 100;

/** Holes are what lies between the first and the last sequence and was not received; ranges end before their upper bound. */
const REPORT = `
  SELECT partition_key,
         lower(received)::text AS first,
         (upper(received) - 1)::text AS last,
         (extract(epoch FROM seen_at) * 1000)::bigint::text AS seen_at,
         holes.count::text AS missing_count,
         holes.missing
  FROM partition_sequence
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(upper(hole) - lower(hole)), 0) AS count,
           coalesce(
             json_agg(json_build_array(lower(hole), upper(hole) - 1) ORDER BY hole) FILTER (WHERE place <= ${MOST_HOLES}),
             '[]'
           )::text AS missing
    FROM (
      SELECT hole, row_number() OVER (ORDER BY hole) AS place
      FROM unnest(int8multirange(range_merge(received)) - received) AS hole
    ) AS placed
  ) AS holes
  WHERE incomplete OR NOT $1
  ORDER BY partition_key`;

interface Row {
  readonly partition_key: string;
  readonly first: string;
  readonly last: string;
  readonly seen_at: string;
  readonly missing_count: string;
  readonly missing: string;
}

export async function sequences(
  sql: Sql,
  { incompleteOnly = false }: { readonly incompleteOnly?: boolean } = {},
): Promise<readonly SequenceReport[]> {
  const rows = await sql.query<Row>(REPORT, [incompleteOnly]);
  return rows.map((row) => ({
    partitionkey: row.partition_key,
    first: Number(row.first),
    last: Number(row.last),
    missing: JSON.parse(row.missing) as [number, number][],
    missingCount: Number(row.missing_count),
    seenAt: new Date(Number(row.seen_at)).toISOString(),
  }));
}
