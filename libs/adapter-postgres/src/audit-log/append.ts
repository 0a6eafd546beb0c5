import {
  type AppendedEvents,
  type EventFacts,
  factsOf,
  openedConnectionOf,
  type ReceivedEvent,
  sequenceClaimsOf,
} from '@admit-one/core';
import type { SqlQueries } from '../sql/sql.ts';
import { keepConflicts } from './conflicts.ts';
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

/** The edge that holds the connection which the event opens; null where it opens none. Not a column of the event. */
const edge: Column = ['edge', 'text', (event) => openedConnectionOf(event)?.edge ?? null];

/** One row per claim of an event, which is known by its place. */
const claimColumns = [
  ['partition_key', 'text'],
  ['sequence', 'bigint'],
  ['about', 'text'],
  ['last', 'bigint'],
  ['final', 'boolean'],
] as const;

function indexableFact(fact: string | null): string | null {
  return fact === null ? null : indexable(fact);
}

const inputs = [...columns, edge];
const names = columns.map(([name]) => name).join(', ');
const values = columns.map(([name]) => (name === 'time' ? timeOf('time') : name)).join(', ');
const parameters = arrayParameters(inputs, 1);
const claimParameters = arrayParameters(claimColumns, inputs.length + 1);

function arrayParameters(
  columns: readonly (readonly [name: string, type: string, ...rest: unknown[]])[],
  from: number,
): string {
  return columns.map(([, type], n) => `$${from + n}::${type}[]`).join(', ');
}

/**
 * One statement, so that a batch is one round trip and one transaction whose locks never wait for this process.
 *
 * Appends that meet wait for each other and do not deadlock, since all lock rows in one order: new events by place, then
 * totals by type and reason, then partitions by key. Each part reads what the one before it returns, and so runs after it.
 * Open connections come last; those that another transaction closes are left to it.
 */
const APPEND = `
  WITH incoming AS (
    SELECT * FROM unnest(${parameters}) AS incoming (${inputs.map(([name]) => name).join(', ')})
  ), claim AS (
    SELECT * FROM unnest(${claimParameters}) AS claim (${claimColumns.map(([name]) => name).join(', ')})
  ), stored AS (
    INSERT INTO event (${names})
    SELECT ${values} FROM incoming ORDER BY partition_key, sequence
    ON CONFLICT (partition_key, sequence) DO NOTHING
    RETURNING partition_key, sequence, time, type, connection, reason, count
  ), counted AS (
    INSERT INTO event_total (type, reason, count)
    SELECT type, reason, sum(count) FROM stored GROUP BY type, reason ORDER BY type, reason
    ON CONFLICT (type, reason) DO UPDATE SET count = event_total.count + excluded.count
    RETURNING type
  ), note AS (
    SELECT partition_key, int8range(sequence, sequence, '[]') AS place, 0::bigint AS announced, NULL::bigint AS final,
           CASE type WHEN 'admit.store.started' THEN time END AS began_at
    FROM stored
    UNION ALL
    SELECT about, NULL, last, CASE WHEN final THEN last END, NULL
    FROM claim JOIN stored USING (partition_key, sequence)
  ), noted AS (
    INSERT INTO partition_sequence (partition_key, received, announced, final, began_at, seen_at)
    SELECT partition_key, coalesce(range_agg(place), '{}'), max(announced), max(final), min(began_at), clock_timestamp()
    FROM note WHERE (SELECT count(*) FROM counted) >= 0
    GROUP BY partition_key ORDER BY partition_key
    ON CONFLICT (partition_key) DO UPDATE
    SET received = partition_sequence.received + excluded.received,
        announced = greatest(partition_sequence.announced, excluded.announced),
        final = greatest(partition_sequence.final, excluded.final),
        began_at = least(partition_sequence.began_at, excluded.began_at),
        seen_at = CASE WHEN isempty(excluded.received) THEN partition_sequence.seen_at ELSE excluded.seen_at END,
        silent_since = CASE WHEN isempty(excluded.received) THEN partition_sequence.silent_since END
    RETURNING partition_key
  ), opened AS (
    INSERT INTO open_connection (connection, edge, partition_key, sequence)
    SELECT incoming.connection, edge, partition_key, sequence
    FROM stored JOIN incoming USING (partition_key, sequence)
    WHERE edge IN (SELECT partition_key FROM partition_sequence UNION SELECT partition_key FROM noted)
      AND NOT EXISTS (
        SELECT FROM event AS closed
        WHERE closed.connection = incoming.connection AND closed.type = 'admit.connection.closed'
      )
      AND incoming.connection NOT IN (
        SELECT connection FROM stored WHERE type = 'admit.connection.closed' AND connection IS NOT NULL
      )
    ON CONFLICT (connection) DO NOTHING
  ), closed AS (
    DELETE FROM open_connection WHERE connection IN (
      SELECT connection FROM open_connection
      WHERE connection IN (SELECT connection FROM stored WHERE type = 'admit.connection.closed')
      FOR UPDATE SKIP LOCKED
    )
  )
  SELECT partition_key, sequence::text AS sequence FROM stored`;

/** Stores events with their totals, sequences and claims in one transaction, then keeps conflicting ones aside. */
export async function append(sql: SqlQueries, events: readonly ReceivedEvent[]): Promise<AppendedEvents> {
  if (events.length === 0) return { stored: [], conflicting: [] };
  const first = firstByPlace(events);
  const rows = await sql.query<{ partition_key: string; sequence: string }>(APPEND, [
    ...arraysOf(inputs, first),
    ...arraysOfClaims(first),
  ]);
  const places = new Set(rows.map(({ partition_key: key, sequence }) => `${key} ${sequence}`));
  const stored = new Set(first.filter((event) => places.has(placeOf(event))));
  const others = events.filter((event) => !stored.has(event));
  const conflicting = others.length === 0 ? [] : await keepConflicts(sql, others);
  return { stored: [...stored], conflicting };
}

function placeOf({ partitionkey, sequence }: ReceivedEvent): string {
  return `${partitionkey} ${Number(sequence)}`;
}

/** The first event of each place, in the order given. */
function firstByPlace(events: readonly ReceivedEvent[]): readonly ReceivedEvent[] {
  const first = new Map<string, ReceivedEvent>();
  for (const event of events) if (!first.has(placeOf(event))) first.set(placeOf(event), event);
  return [...first.values()];
}

/** One array per column, as `unnest` takes them. */
function arraysOf(columns: readonly Column[], events: readonly ReceivedEvent[]): readonly unknown[] {
  const rows = events.map((event) => ({ event, facts: factsOf(event) }));
  return columns.map(([, , cellOf]) => rows.map(({ event, facts }) => cellOf(event, facts)));
}

function arraysOfClaims(events: readonly ReceivedEvent[]): readonly unknown[] {
  const rows = events.flatMap((event) =>
    sequenceClaimsOf(event).map(({ partitionkey, lastSequence, final }) => [
      event.partitionkey,
      event.sequence,
      partitionkey,
      lastSequence,
      final,
    ]),
  );
  return claimColumns.map((_, column) => rows.map((row) => row[column]));
}
