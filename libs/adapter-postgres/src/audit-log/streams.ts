import type { StreamReport } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';

/** The messages that have come or come no more, and those of them that did not come. */
const KNOWN = 'received + int8multirange(int8range(0, greatest(first, baseline)))';

/** The newest generation and the end of its first run of messages without a gap. In an older one, nothing can appear any more. */
export const HORIZON = `
  SELECT generation, upper(run) - 1 AS horizon
  FROM (SELECT generation, (array_agg(run ORDER BY run))[1] AS run
        FROM stream_generation, unnest(${KNOWN}) AS run
        WHERE generation = (SELECT max(generation) FROM stream_generation)
        GROUP BY generation) AS first_run
  UNION ALL SELECT 0, 9223372036854775807 WHERE NOT EXISTS (SELECT FROM stream_generation)`;

const REPORT = `
  SELECT generation, name, (upper(first_run.run) - 1)::text AS horizon, (upper(received) - 1)::text AS last,
         missing.count::text AS missing_count, lost.count::text AS lost_count
  FROM stream_generation
  CROSS JOIN LATERAL (SELECT run FROM unnest(${KNOWN}) AS run ORDER BY run LIMIT 1) AS first_run
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(upper(hole) - lower(hole)), 0) AS count
    FROM unnest(int8multirange(int8range(0, upper(received))) - (${KNOWN})) AS hole
  ) AS missing
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(upper(hole) - lower(hole)), 0) AS count
    FROM unnest(int8multirange(int8range(baseline, greatest(first, baseline))) - received) AS hole
  ) AS lost
  ORDER BY generation DESC`;

interface Row {
  readonly generation: number;
  readonly name: string;
  readonly horizon: string;
  readonly last: string;
  readonly missing_count: string;
  readonly lost_count: string;
}

export async function streams(sql: Sql): Promise<readonly StreamReport[]> {
  const rows = await sql.query<Row>(REPORT);
  return rows.map((row) => ({
    generation: row.generation,
    name: row.name,
    horizon: Number(row.horizon),
    last: Number(row.last),
    missingCount: Number(row.missing_count),
    lostCount: Number(row.lost_count),
  }));
}
