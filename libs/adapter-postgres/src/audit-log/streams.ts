import type { StreamReport } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { timeText, unixMsText } from './values.ts';

/** SQL for the messages that have come or come no more. */
function known(received: string, first: string): string {
  return `(${received}) + int8multirange(int8range(0, greatest(${first}, stream_generation.baseline)))`;
}

/** SQL for the first message that may still come: the one behind the horizon. */
export function nextAfterHorizon(received: string, first: string): string {
  return `lower(int8multirange(int8range(0, NULL)) - (${known(received, first)}))`;
}

const NEXT = nextAfterHorizon('received', 'first');

/** The newest generation and the end of its first run of messages without a gap. In an older one, nothing can appear any more. */
const HORIZON = `
  SELECT generation, ${NEXT} - 1 AS horizon, greatest(${NEXT}, upper(received)) - 1 AS last
  FROM stream_generation WHERE generation = (SELECT max(generation) FROM stream_generation)
  UNION ALL SELECT 0, 9007199254740991, 9007199254740991 WHERE NOT EXISTS (SELECT FROM stream_generation)`;

/** The horizon, and the last message that was received. In a log without streams, only generation 0 has positions. */
export async function horizonOf(
  sql: Sql,
): Promise<{ readonly generation: number; readonly sequence: number; readonly last: number }> {
  const [row] = await sql.query<{ generation: number; horizon: string; last: string }>(
    `SELECT generation, horizon::text AS horizon, last::text AS last FROM (${HORIZON}) AS newest`,
  );
  return {
    generation: row?.generation ?? 0,
    sequence: Number(row?.horizon ?? 0),
    last: Number(row?.last ?? 0),
  };
}

/** SQL for how many messages are in a multirange. */
function countOf(messages: string): string {
  return `(SELECT coalesce(sum(upper(hole) - lower(hole)), 0)::text FROM unnest(${messages}) AS hole)`;
}

/** SQL for the messages between the horizon and the last that was received, which have not come. */
export const MISSING_MESSAGES = `int8multirange(int8range(0, upper(received))) - (${known('received', 'first')})`;

/** SQL for the messages that the stream dropped before they were received. */
export const LOST_MESSAGES = 'int8multirange(int8range(baseline, greatest(first, baseline))) - received';

const REPORT = `
  SELECT generation, name, (${NEXT} - 1)::text AS horizon, (upper(received) - 1)::text AS last,
         ${countOf(`${MISSING_MESSAGES} - acknowledged`)} AS missing_count,
         ${countOf(`${LOST_MESSAGES} - acknowledged`)} AS lost_count,
         ${countOf('acknowledged - received')} AS acknowledged_count,
         ${unixMsText('began_at')} AS began_at,
         ${unixMsText('horizon_at')} AS horizon_at
  FROM stream_generation ORDER BY generation DESC`;

interface Row {
  readonly generation: number;
  readonly name: string;
  readonly horizon: string;
  readonly last: string;
  readonly missing_count: string;
  readonly lost_count: string;
  readonly acknowledged_count: string;
  readonly began_at: string;
  readonly horizon_at: string;
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
    acknowledgedCount: Number(row.acknowledged_count),
    beganAt: timeText(row.began_at),
    horizonAt: timeText(row.horizon_at),
  }));
}
