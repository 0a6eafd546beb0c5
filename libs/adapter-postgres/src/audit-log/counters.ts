import { type LogCount, type LogLevels, STAYED_SECONDS } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { BLOCKED } from './rollup.ts';

interface CountRow {
  readonly counter: string;
  readonly total: string;
  readonly recent: string;
}

/** Reads no events: a counter has one row for each day. */
export async function logCounts(sql: Sql, recentDays: number): Promise<readonly LogCount[]> {
  const rows = await sql.query<CountRow>(
    `SELECT counter, sum(count)::text AS total,
            coalesce(sum(count) FILTER (WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::integer), 0)::text AS recent
     FROM log_count GROUP BY counter ORDER BY counter`,
    [recentDays],
  );
  return rows.map(({ counter, total, recent }) => ({
    counter,
    total: Number(total),
    recent: Number(recent),
  }));
}

/** The end of a connection is known this much later than that of others, at most. */
const LATE_SECONDS = 15;

const LEVELS = `
  SELECT (
    SELECT coalesce(json_object_agg(pathway, count), '{}') FROM (
      SELECT pathway, count(*) FROM open_connection
      WHERE NOT synthetic AND time < (
        SELECT max(time) FROM event WHERE time BETWEEN now() - interval '1 day' AND now() + interval '1 minute'
      ) - interval '${STAYED_SECONDS + LATE_SECONDS} seconds'
      GROUP BY pathway
    ) AS of_pathway
  )::text AS stayed, (
    SELECT coalesce(max(count), 0) FROM (
      SELECT sum(count) AS count FROM rollup
      WHERE dimension = 'prefix' AND minute BETWEEN now() - interval '5 minutes' AND now() + interval '1 minute'
      GROUP BY value
    ) AS of_prefix
  )::text AS prefix, (
    SELECT coalesce(max(count), 0) FROM (
      SELECT count(DISTINCT value) FROM rollup
      WHERE dimension = '${BLOCKED}' AND minute BETWEEN now() - interval '10 minutes' AND now() + interval '1 minute'
      GROUP BY split_part(value, ' ', 1)
    ) AS of_origin
  )::text AS origin, (
    SELECT coalesce(json_object_agg(service, count), '{}') FROM (
      SELECT service, count(*) FROM partition_sequence
      WHERE NOT closed AND service IS NOT NULL AND seen_at > clock_timestamp() - interval '30 seconds'
      GROUP BY service
    ) AS of_service
  )::text AS instances`;

interface LevelRow {
  readonly stayed: string;
  readonly prefix: string;
  readonly origin: string;
  readonly instances: string;
}

export async function levels(sql: Sql): Promise<LogLevels> {
  const [row] = await sql.query<LevelRow>(LEVELS);
  return {
    stayedConnections: { ticket: 0, jwt: 0, ...JSON.parse(row?.stayed ?? '{}') },
    largestRejectedPrefix: Number(row?.prefix ?? 0),
    largestBlockedOrigin: Number(row?.origin ?? 0),
    instances: JSON.parse(row?.instances ?? '{}'),
  };
}
