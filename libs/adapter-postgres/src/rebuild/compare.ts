import { nextAfterHorizon } from '../audit-log/streams.ts';
import type { Sql } from '../sql/sql.ts';
import { type Present, REBUILD_SCHEMA } from './present.ts';

/** How the rebuilt events differ from the present ones. */
export interface Comparison {
  readonly same: number;
  /** Other events, or the same at another position, at a place that both have. */
  readonly different: number;
  /** Those that the rebuild drops: no message of the stream has them. */
  readonly onlyPresent: number;
  /** Those that the rebuild adds. */
  readonly onlyRebuilt: number;
}

/** @param upTo the last message of the stream that was read. Behind the horizon, the present tables may lack some. */
export async function compare(
  database: Sql,
  { schema, generation }: Present,
  upTo: number,
): Promise<Comparison> {
  const side = (name: string) =>
    `SELECT time, partition_key, sequence, generation, stream_sequence, batch_index, event
     FROM ${name}.event
     WHERE (generation, stream_sequence) <= ($1::integer, $2::bigint)
       AND (generation, stream_sequence) < (
         SELECT generation, ${nextAfterHorizon('received', 'first')}
         FROM ${schema}.stream_generation WHERE generation = $1
       )`;
  const [row] = await database.query<Record<keyof Comparison, string>>(
    `SELECT count(*) FILTER (WHERE same)::text AS "same",
            count(*) FILTER (WHERE NOT same AND present.time IS NOT NULL AND rebuilt.time IS NOT NULL)::text AS "different",
            count(*) FILTER (WHERE rebuilt.time IS NULL)::text AS "onlyPresent",
            count(*) FILTER (WHERE present.time IS NULL)::text AS "onlyRebuilt"
     FROM (${side(schema)}) AS present
     FULL JOIN (${side(REBUILD_SCHEMA)}) AS rebuilt USING (time, partition_key, sequence)
     CROSS JOIN LATERAL (
       SELECT (present.generation, present.stream_sequence, present.batch_index, present.event)
            = (rebuilt.generation, rebuilt.stream_sequence, rebuilt.batch_index, rebuilt.event) IS TRUE AS same
     ) AS judged`,
    [generation, upTo],
  );
  const count = (name: keyof Comparison) => Number(row?.[name] ?? 0);
  return {
    same: count('same'),
    different: count('different'),
    onlyPresent: count('onlyPresent'),
    onlyRebuilt: count('onlyRebuilt'),
  };
}
