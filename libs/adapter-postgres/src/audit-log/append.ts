import type { AppendedEvents, DeliveryPosition, ReceivedEvent, StreamMessage } from '@admit-one/core';
import type { SqlQueries } from '../sql/sql.ts';
import { appendParameters } from './append-parameters.ts';
import { APPEND } from './append-statement.ts';
import type { PlacedEvent } from './columns.ts';
import { keepConflicts } from './conflicts.ts';

/**
 * Stores the events of messages, with their counts, sequences and claims, and that the messages were received, in one
 * transaction. Then keeps conflicting events aside.
 */
export function append(sql: SqlQueries, messages: readonly StreamMessage[]): Promise<AppendedEvents> {
  const placed = messages.flatMap(({ position, events }) =>
    events.map(({ index, event }) => ({ position, index, event })),
  );
  return appendPlaced(
    sql,
    placed,
    messages.map(({ position }) => position),
  );
}

/** @param received the messages that were received with the events */
export async function appendPlaced(
  sql: SqlQueries,
  placed: readonly PlacedEvent[],
  received: readonly DeliveryPosition[],
): Promise<AppendedEvents> {
  if (placed.length === 0 && received.length === 0) return { stored: [], conflicting: [] };
  const first = firstByPlace(placed);
  const rows = await sql.query<{ partition_key: string; sequence: string }>(
    APPEND,
    appendParameters(first, received),
  );
  const places = new Set(rows.map(({ partition_key: key, sequence }) => `${key} ${sequence}`));
  const stored = new Set(first.map(({ event }) => event).filter((event) => places.has(placeOf(event))));
  const others = placed.map(({ event }) => event).filter((event) => !stored.has(event));
  const conflicting = others.length === 0 ? [] : await keepConflicts(sql, others);
  return { stored: [...stored], conflicting };
}

function placeOf({ partitionkey, sequence }: ReceivedEvent): string {
  return `${partitionkey} ${Number(sequence)}`;
}

/** The first event of each place, in the order given. */
function firstByPlace(placed: readonly PlacedEvent[]): readonly PlacedEvent[] {
  const first = new Map<string, PlacedEvent>();
  for (const one of placed) if (!first.has(placeOf(one.event))) first.set(placeOf(one.event), one);
  return [...first.values()];
}
