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
import { msOf } from './rollup.ts';

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

/** Whether the part has more events than the budget. */
export async function exceedsBudget({ sql, budget }: Search, part: ConditionOf): Promise<boolean> {
  const parameters = new Parameters();
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM (
       SELECT FROM event WHERE ${part(parameters)} LIMIT ${parameters.add(budget + 1, 'integer')}
     ) AS part`,
    parameters.values,
  );
  return (row?.count ?? 0) > budget;
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

export interface OrderedScan {
  /** One more than the limit at most. */
  readonly found: readonly Found[];
  /** The last event that was looked at, where the budget ended and neither the part nor the page. */
  readonly last: Scanned | null;
}

/**
 * Reads a part of the log in order, from an index that has it so, until the page is full, the budget spent, or the part read.
 * Only a page that isn't full needs to know where the budget ended. By position, the part must lie in one generation.
 */
export async function scanInOrder(
  { sql, filter, limit, order, budget }: Search,
  part: ConditionOf,
): Promise<OrderedScan> {
  const parameters = new Parameters();
  const inOrder = orderBy(order === 'position' ? 'positionInGeneration' : order);
  const source = `event WHERE ${part(parameters)} ${inOrder}`;
  const count = parameters.add(budget, 'integer');
  const most = parameters.add(limit + 1, 'integer');
  const rows = await sql.query<Row>(
    `WITH found AS MATERIALIZED (
       SELECT event, ${MARK} FROM (SELECT * FROM ${source} LIMIT ${count}) AS event
       WHERE ${conditionsOf(filter, parameters).join(' AND ') || 'true'}
       ${inOrder} LIMIT ${most}
     )
     SELECT * FROM found
     UNION ALL
     SELECT * FROM (SELECT NULL, ${MARK} FROM ${source} OFFSET ${count} - 1 LIMIT 1) AS last
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
}

const MARK = `${msOf('event.time')} AS at, partition_key, sequence::text AS sequence_text,
  generation, stream_sequence::text AS stream_sequence_text, batch_index`;

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
  return [{ ...at, event }];
}
