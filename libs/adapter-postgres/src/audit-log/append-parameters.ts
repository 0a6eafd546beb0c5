import {
  countsOf,
  type DeliveryPosition,
  isInstant,
  openedConnectionOf,
  type ReceivedEvent,
  sequenceClaimsOf,
} from '@admit-one/core';
import { type Column, eventColumns, type PlacedEvent, parametersOf } from './columns.ts';
import { cohortMinuteOf } from './rollup.ts';
import { indexable, storable } from './values.ts';

/** What the statement needs of an event in addition to its columns. */
export const inputs: readonly Column[] = [
  ...eventColumns,
  { name: 'stream', type: 'text', cellOf: ({ position }) => position.stream },
  {
    /** The edge that holds the connection which the event opens; null where it opens none. */
    name: 'opened_at',
    type: 'text',
    cellOf: ({ event }) => storable(openedConnectionOf(event)?.edge ?? '') || null,
  },
  { name: 'cohort', type: 'float8', cellOf: ({ event }, { issuedAt }) => cohortMinuteOf(event, issuedAt) },
  {
    name: 'counts',
    type: 'text',
    asLines: true,
    cellOf: ({ event }, facts) => JSON.stringify(Object.fromEntries(countsOf(event, facts))),
  },
  { name: 'expires_at', type: 'float8', cellOf: ({ event }) => expiryOf(event) },
];

export const messageColumns = [
  { name: 'stream', type: 'text' },
  { name: 'sequence', type: 'bigint' },
  { name: 'first', type: 'bigint' },
] as const;

/** One row per claim of an event, which is known by its place. */
export const claimColumns = [
  { name: 'partition_key', type: 'text' },
  { name: 'sequence', type: 'bigint' },
  { name: 'about', type: 'text' },
  { name: 'last', type: 'bigint' },
  { name: 'final', type: 'boolean' },
  { name: 'service', type: 'text' },
] as const;

/**
 * The parameters of the append statement.
 * @param events one for each place
 * @param received the messages that were received with them
 */
export function appendParameters(
  events: readonly PlacedEvent[],
  received: readonly DeliveryPosition[],
): readonly unknown[] {
  return [
    ...parametersOf(inputs, events),
    ...[received.map(({ stream }) => stream), received.map(({ sequence }) => sequence)],
    received.map(({ first }) => first),
    ...arraysOfClaims(events.map(({ event }) => event)),
  ];
}

/** When the ticket expires that the event issues, Unix milliseconds; null for any other event. */
function expiryOf({ type, data }: ReceivedEvent): number | null {
  return type === 'admit.ticket.issued' && isInstant(data.expiresAt) ? data.expiresAt : null;
}

/** The service that an instance is of, as its own events say. */
function serviceOf({ type, data: { service } }: ReceivedEvent): string | null {
  return type.startsWith('admit.service.') && typeof service === 'string' ? indexable(service) : null;
}

function arraysOfClaims(events: readonly ReceivedEvent[]): readonly unknown[] {
  const rows = events.flatMap((event) =>
    sequenceClaimsOf(event).map(({ partitionkey, lastSequence, final }) => [
      event.partitionkey,
      event.sequence,
      partitionkey,
      lastSequence,
      final,
      serviceOf(event),
    ]),
  );
  return claimColumns.map((_, column) => rows.map((row) => row[column]));
}
