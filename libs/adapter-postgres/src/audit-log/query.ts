import type { AuditFilter, AuditPage, AuditSearchPage, ReceivedEvent, StoredEvent } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { conditionsOf } from './conditions.ts';
import {
  cursorOf,
  END,
  type Place,
  type Position,
  placeOf,
  placeOfEvent,
  positionOf,
  positionText,
  START,
} from './cursor.ts';
import { Parameters } from './parameters.ts';
import { HORIZON } from './streams.ts';
import { timeOf } from './values.ts';

interface Row {
  readonly event: string;
  readonly generation: number;
  readonly sequence: string;
  readonly index: number;
}

const POSITION = 'generation, stream_sequence::text AS sequence, batch_index AS index';

export function query(sql: Sql, filter: AuditFilter, page: AuditPage): Promise<AuditSearchPage> {
  return page.order === 'position' ? followed(sql, filter, page) : searched(sql, filter, page, page.order);
}

const directions = {
  asc: { sql: 'ASC', behind: '>', start: START },
  desc: { sql: 'DESC', behind: '<', start: END },
} as const;

/** In the readers' order. */
async function searched(
  sql: Sql,
  filter: AuditFilter,
  { limit, cursor }: AuditPage,
  order: keyof typeof directions,
): Promise<AuditSearchPage> {
  const direction = directions[order];
  const place = cursor === undefined ? direction.start : placeOf(cursor);
  const parameters = new Parameters();
  const conditions = conditionsOf(filter, parameters);
  if (cursor !== undefined) conditions.push(behind(place, direction.behind, parameters));
  const rows = await sql.query<Row>(
    `SELECT event, ${POSITION} FROM event
     WHERE ${conditions.join(' AND ') || 'true'}
     ORDER BY ${['time', 'partition_key', 'event.sequence'].map((key) => `${key} ${direction.sql}`).join(', ')}
     LIMIT ${parameters.add(limit + 1, 'integer')}`,
    parameters.values,
  );
  const events = rows.slice(0, limit).map(storedEvent);
  const last = events.at(-1);
  const end = rows.length <= limit;
  return {
    events,
    next: cursorOf(last ? placeOfEvent(last) : place),
    scannedTo: end ? endOf(filter, order) : (last?.time ?? ''),
    end,
  };
}

function endOf({ from, to }: AuditFilter, order: keyof typeof directions): string {
  const given = order === 'asc' ? to : from;
  return new Date(
    given === undefined ? (order === 'asc' ? Date.now() : START.time) : Date.parse(given),
  ).toISOString();
}

function behind(
  { time, partitionkey, sequence }: Place,
  comparison: '>' | '<',
  parameters: Parameters,
): string {
  const place = [
    timeOf(parameters.add(time, 'float8')),
    parameters.add(partitionkey, 'text'),
    parameters.add(sequence, 'bigint'),
  ];
  return `(time, partition_key, event.sequence) ${comparison} (${place.join(', ')})`;
}

const BEFORE_ALL: Position = { generation: 0, sequence: 0, index: 0 };

/** In the order of the stream, up to the horizon. */
async function followed(
  sql: Sql,
  filter: AuditFilter,
  { limit, cursor }: AuditPage,
): Promise<AuditSearchPage> {
  const since = cursor === undefined ? BEFORE_ALL : positionOf(cursor);
  const parameters = new Parameters();
  const conditions = conditionsOf(filter, parameters);
  const { generation, sequence, index } = since;
  conditions.push(
    `(generation, stream_sequence, batch_index) > (${parameters.add(generation, 'integer')}, ${parameters.add(sequence, 'bigint')}, ${parameters.add(index, 'integer')})`,
    `(generation, stream_sequence) <= (SELECT generation, horizon FROM (${HORIZON}) AS newest)`,
  );
  const rows = await sql.query<Row>(
    `SELECT event, ${POSITION} FROM event
     WHERE ${conditions.join(' AND ')}
     ORDER BY generation, stream_sequence, batch_index
     LIMIT ${parameters.add(limit + 1, 'integer')}`,
    parameters.values,
  );
  const read = rows.slice(0, limit);
  const last = read.at(-1);
  const events = read.map(storedEvent);
  return {
    events,
    next: positionText(last ? positionOfRow(last) : since),
    scannedTo: events.at(-1)?.time ?? new Date().toISOString(),
    end: rows.length <= limit,
  };
}

function storedEvent(row: Row): StoredEvent {
  return { ...(JSON.parse(row.event) as ReceivedEvent), position: positionText(positionOfRow(row)) };
}

function positionOfRow({ generation, sequence, index }: Row): Position {
  return { generation, sequence: Number(sequence), index };
}
