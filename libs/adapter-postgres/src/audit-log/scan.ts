import {
  type AuditFilter,
  type AuditPage,
  positionText,
  type ReceivedEvent,
  type StoredEvent,
  type StreamPosition,
  sequenceText,
} from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { conditionsOf } from './conditions.ts';
import type { Place } from './cursor.ts';
import { type ConditionOf, Parameters } from './parameters.ts';
import { between } from './readers-order.ts';
import type { TimeRange } from './search-plan.ts';
import { unixMs } from './values.ts';

/** One page of a search. */
export interface Search {
  readonly sql: Sql;
  readonly filter: AuditFilter;
  readonly limit: number;
  readonly order: AuditPage['order'];
  /** How many events it may look at. */
  readonly budget: number;
}

/** An event that a search looked at. */
export interface Scanned {
  readonly place: Place;
  readonly position: StreamPosition;
}

export interface Found extends Scanned {
  readonly event: StoredEvent;
  readonly salt: string | null;
}

const orders = {
  asc: { keys: ['time', 'partition_key', 'sequence'], direction: 'ASC' },
  desc: { keys: ['time', 'partition_key', 'sequence'], direction: 'DESC' },
  position: { keys: ['generation', 'stream_sequence', 'batch_index'], direction: 'ASC' },
  positionInGeneration: { keys: ['stream_sequence', 'batch_index'], direction: 'ASC' },
} as const;

function orderBy(order: keyof typeof orders): string {
  const { keys, direction } = orders[order];
  return `ORDER BY ${keys.map((key) => `event.${key} ${direction}`).join(', ')}`;
}

/**
 * The first matches in a part of the log that is no larger than the budget, one more than the limit at most. `OFFSET 0` keeps
 * the planner from reading the part in order, which finds few matches late.
 */
export async function searchPart(
  { sql, filter, limit, order }: Search,
  part: ConditionOf,
  within: ConditionOf = () => 'true',
): Promise<readonly Found[]> {
  const parameters = new Parameters();
  const rows = await sql.query<Row>(
    `SELECT event, ${MARK} FROM (SELECT * FROM event WHERE ${part(parameters)} OFFSET 0) AS event
     WHERE ${[within(parameters), ...conditionsOf(filter, parameters)].join(' AND ')}
     ${orderBy(order)} LIMIT ${parameters.add(limit + 1, 'integer')}`,
    parameters.values,
  );
  return rows.flatMap(foundIn);
}

/**
 * The first matches in ranges of time that hold no more events than the budget, one more than the limit at most. Each range is
 * looked up by itself: of a list of them in one condition, the planner makes a filter, and reads what lies between.
 */
export async function searchRanges(
  { sql, filter, limit, order }: Search,
  ranges: readonly TimeRange[],
  within: ConditionOf,
): Promise<readonly Found[]> {
  const parameters = new Parameters();
  const times = (ms: readonly number[]) =>
    `${parameters.add(
      ms.map((time) => new Date(time).toISOString()),
      'text[]',
    )}::timestamptz[]`;
  const [since, until] = [ranges.map(({ from }) => from), ranges.map(({ to }) => to)];
  const all = between({ from: Math.min(...since), to: Math.max(...until) });
  const rows = await sql.query<Row>(
    `SELECT event, ${MARK}
     FROM unnest(${times(since)}, ${times(until)}) AS span (since, until)
     CROSS JOIN LATERAL (
       SELECT * FROM event WHERE time >= span.since AND time < span.until AND ${all(parameters)} OFFSET 0
     ) AS event
     WHERE ${[within(parameters), ...conditionsOf(filter, parameters)].join(' AND ')}
     ${orderBy(order)} LIMIT ${parameters.add(limit + 1, 'integer')}`,
    parameters.values,
  );
  return rows.flatMap(foundIn);
}

export interface OrderedScan {
  /** One more than the limit at most. */
  readonly found: readonly Found[];
  /** The last event that was looked at, where the budget ended and neither the part nor the page. */
  readonly last: Scanned | null;
}

/**
 * Reads a part of the log in order, from an index that has it so, until the page is full, the budget spent, or the part read.
 * Events are read as the page needs them, and once: what was looked at is kept in its order without its text. Only a page that
 * isn't full needs to know where the budget ended. By position, the part must lie in one generation.
 */
export async function scanInOrder(
  { sql, filter, limit, order, budget }: Search,
  part: ConditionOf,
): Promise<OrderedScan> {
  const parameters = new Parameters();
  const inOrder = orderBy(order === 'position' ? 'positionInGeneration' : order);
  const conditions = conditionsOf(filter, parameters).join(' AND ') || 'true';
  const count = parameters.add(budget, 'integer');
  const most = parameters.add(limit + 1, 'integer');
  const rows = await sql.query<Row>(
    `WITH looked_at AS MATERIALIZED (
       SELECT CASE WHEN ${conditions} THEN event END AS event, ${MARKED}
       FROM (SELECT * FROM event WHERE ${part(parameters)} ${inOrder} LIMIT ${count}) AS event
     ), found AS MATERIALIZED (
       SELECT * FROM looked_at WHERE event IS NOT NULL LIMIT ${most}
     )
     SELECT event, ${MARK} FROM found AS event
     UNION ALL
     SELECT NULL, ${MARK} FROM (SELECT * FROM looked_at OFFSET ${count} - 1 LIMIT 1) AS event
     WHERE (SELECT count(*) FROM found) < ${most}`,
    parameters.values,
  );
  const last = rows.find(({ event }) => event === null);
  return { found: rows.flatMap(foundIn), last: last ? scanned(last) : null };
}

interface Row {
  /** Null in the row that tells where the budget ended. */
  readonly event: string | null;
  readonly at: number;
  readonly partition_key: string;
  readonly sequence_text: string;
  readonly generation: number;
  readonly stream_sequence_text: string;
  readonly batch_index: number;
  readonly salt: string | null;
}

const MARKED = 'time, partition_key, sequence, generation, stream_sequence, batch_index, salt';

const MARK = `${unixMs('event.time')} AS at, partition_key, sequence::text AS sequence_text,
  generation, stream_sequence::text AS stream_sequence_text, batch_index, salt::text AS salt`;

function scanned(row: Row): Scanned {
  const { generation, batch_index: index, at: time, partition_key: partitionkey } = row;
  return {
    place: { time, partitionkey, sequence: sequenceText(Number(row.sequence_text)) },
    position: { generation, sequence: Number(row.stream_sequence_text), index },
  };
}

function foundIn(row: Row): readonly Found[] {
  if (row.event === null) return [];
  const at = scanned(row);
  const event = { ...(JSON.parse(row.event) as ReceivedEvent), position: positionText(at.position) };
  return [{ ...at, event, salt: row.salt }];
}
