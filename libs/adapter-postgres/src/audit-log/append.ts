import { type EventFacts, factsOf, type ReceivedEvent } from '@admit-one/core';
import type { SqlQueries } from '../sql/sql.ts';
import { indexable, timeOf } from './values.ts';

type Column = readonly [
  name: string,
  type: string,
  cellOf: (event: ReceivedEvent, facts: EventFacts) => unknown,
];

const columns: readonly Column[] = [
  ['id', 'text', ({ id }) => id],
  ['time', 'float8', ({ time }) => Date.parse(time)],
  ['partition_key', 'text', ({ partitionkey }) => partitionkey],
  ['sequence', 'bigint', ({ sequence }) => sequence],
  ['type', 'text', ({ type }) => type],
  ['source', 'text', ({ source }) => source],
  ['subject', 'text', ({ subject }) => subject],
  ['ticket', 'text', (_, { ticket }) => indexableFact(ticket)],
  ['issuer', 'text', (_, { issuer }) => indexableFact(issuer)],
  ['session', 'text', (_, { session }) => indexableFact(session)],
  ['user_id', 'text', (_, { user }) => indexableFact(user)],
  ['connection', 'text', (_, { connection }) => indexableFact(connection)],
  ['reason', 'text', (_, { reason }) => indexableFact(reason)],
  ['count', 'integer', (_, { count }) => count],
  ['event', 'text', (event) => JSON.stringify(event)],
];

function indexableFact(fact: string | null): string | null {
  return fact === null ? null : indexable(fact);
}

const names = columns.map(([name]) => name).join(', ');
const values = columns.map(([name]) => (name === 'time' ? timeOf('time') : name)).join(', ');
const parameters = columns.map(([, type], n) => `$${n + 1}::${type}[]`).join(', ');

/**
 * One statement, so that a batch is one round trip and one transaction whose locks never wait for this process.
 *
 * Appends that meet wait for each other and do not deadlock, since all lock rows in one order: new events by id, then
 * totals by type and reason, then partitions by key. Each part reads what the one before it returns, and so runs after it.
 */
const APPEND = `
  WITH incoming AS (
    SELECT * FROM unnest(${parameters}) WITH ORDINALITY AS incoming (${names}, place)
  ), stored AS (
    INSERT INTO event (${names})
    SELECT ${values} FROM incoming ORDER BY id, place
    ON CONFLICT (id) DO NOTHING
    RETURNING id, type, reason, count
  ), counted AS (
    INSERT INTO event_total (type, reason, count)
    SELECT type, reason, sum(count) FROM stored GROUP BY type, reason ORDER BY type, reason
    ON CONFLICT (type, reason) DO UPDATE SET count = event_total.count + excluded.count
    RETURNING type
  ), noted AS (
    INSERT INTO partition_sequence (partition_key, received, seen_at)
    SELECT partition_key, range_agg(int8range(sequence, sequence, '[]')), clock_timestamp()
    FROM incoming WHERE (SELECT count(*) FROM counted) >= 0
    GROUP BY partition_key ORDER BY partition_key
    ON CONFLICT (partition_key) DO UPDATE
    SET received = partition_sequence.received + excluded.received, seen_at = excluded.seen_at
  )
  SELECT id FROM stored`;

/**
 * Stores events, their totals and their sequences in one transaction, and returns those that were new, in the order
 * given.
 */
export async function append(
  sql: SqlQueries,
  events: readonly ReceivedEvent[],
): Promise<readonly ReceivedEvent[]> {
  if (events.length === 0) return [];
  const rows = await sql.query<{ id: string }>(APPEND, arraysOf(events));
  const stored = new Set(rows.map(({ id }) => id));
  return events.filter(({ id }) => stored.delete(id));
}

/** One array per column, as `unnest` takes them. */
function arraysOf(events: readonly ReceivedEvent[]): readonly unknown[] {
  const rows = events.map((event) => ({ event, facts: factsOf(event) }));
  return columns.map(([, , cellOf]) => rows.map(({ event, facts }) => cellOf(event, facts)));
}
