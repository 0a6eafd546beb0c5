import type { AuditFilter, AuditPage, ReceivedEvent } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { indexable, timeOf } from './values.ts';

/** Collects parameters, and gives the name that each goes by in the text. */
class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

const directions = {
  asc: { order: 'ASC', behind: '>' },
  desc: { order: 'DESC', behind: '<' },
} as const;

export async function query(
  sql: Sql,
  filter: AuditFilter,
  { limit, order, cursor }: AuditPage,
): Promise<{ readonly events: readonly ReceivedEvent[]; readonly next: string | null }> {
  const parameters = new Parameters();
  const direction = directions[order];
  const conditions = conditionsOf(filter, parameters);
  if (cursor !== undefined) conditions.push(behind(cursor, direction.behind, parameters));
  const rows = await sql.query<{ readonly event: string }>(
    `SELECT event FROM event
     WHERE ${conditions.join(' AND ') || 'true'}
     ORDER BY ${['time', 'partition_key', 'sequence'].map((key) => `${key} ${direction.order}`).join(', ')}
     LIMIT ${parameters.add(limit + 1, 'integer')}`,
    parameters.values,
  );
  const events = rows.slice(0, limit).map((row) => JSON.parse(row.event) as ReceivedEvent);
  const last = events.at(-1);
  return { events, next: rows.length > limit && last ? cursorOf(last) : null };
}

function conditionsOf(filter: AuditFilter, parameters: Parameters): string[] {
  const { types, ticket, session, user, connection, reason, from, to } = filter;
  const conditions: string[] = [];
  if (types) conditions.push(`type = ANY (${parameters.add(types, 'text[]')})`);
  for (const [column, value] of Object.entries({ ticket, session, user_id: user, connection, reason }))
    if (value !== undefined) conditions.push(`${column} = ${parameters.add(indexable(value), 'text')}`);
  if (from !== undefined) conditions.push(`time >= ${timeOf(parameters.add(Date.parse(from), 'float8'))}`);
  if (to !== undefined) conditions.push(`time < ${timeOf(parameters.add(Date.parse(to), 'float8'))}`);
  return conditions;
}

function behind(cursor: string, comparison: '>' | '<', parameters: Parameters): string {
  const { time, partitionkey, sequence } = placeOf(cursor);
  const place = [
    timeOf(parameters.add(time, 'float8')),
    parameters.add(partitionkey, 'text'),
    parameters.add(sequence, 'bigint'),
  ];
  return `(time, partition_key, sequence) ${comparison} (${place.join(', ')})`;
}
