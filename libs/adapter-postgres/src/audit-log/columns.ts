import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { type DeliveryPosition, type EventFacts, factsOf, type ReceivedEvent } from '@admit-one/core';
import { indexable, storable, timeOf } from './values.ts';

/** An event of a message, with its index in it. */
export interface PlacedEvent {
  readonly position: DeliveryPosition;
  readonly index: number;
  readonly event: ReceivedEvent;
  /** Of an event that was stored before; null where it has none. */
  readonly salt?: string | null;
  /** When its personal values were removed. */
  readonly forgottenAt?: string | null;
}

/** A column of the table `event`, from a parameter. */
export interface Column {
  readonly name: string;
  /** Of the parameter. */
  readonly type: string;
  readonly cellOf: (placed: PlacedEvent, facts: EventFacts) => unknown;
  /** Set where each cell is JSON on one line, and none is null. An array would escape each of its quotes. */
  readonly asLines?: true;
  /** SQL of what is stored; by default the parameter. */
  readonly stored?: string;
}

type TextFact = Exclude<keyof EventFacts, 'attributes' | 'issuedAt' | 'count'>;

/** The columns that hold a fact as text: what a search compares. */
export const factColumns = {
  ticket: 'ticket',
  issuer: 'issuer',
  kid: 'kid',
  session: 'session',
  user: 'user_id',
  connection: 'connection',
  reason: 'reason',
  origin: 'origin',
  route: 'route',
  edge: 'edge',
  pathway: 'pathway',
  carrier: 'carrier',
  agent: 'agent',
  client: 'client',
  synthetic: 'synthetic',
} as const satisfies Partial<Record<TextFact, string>>;

/** The columns of the table `event` that have a parameter each. */
export const eventColumns: readonly Column[] = [
  { name: 'time', type: 'float8', stored: timeOf('time'), cellOf: ({ event }) => Date.parse(event.time) },
  { name: 'partition_key', type: 'text', cellOf: ({ event }) => event.partitionkey },
  { name: 'sequence', type: 'bigint', cellOf: ({ event }) => event.sequence },
  { name: 'stream_sequence', type: 'bigint', cellOf: ({ position }) => position.sequence },
  { name: 'batch_index', type: 'integer', cellOf: ({ index }) => index },
  { name: 'type', type: 'text', cellOf: ({ event }) => event.type },
  { name: 'source', type: 'text', cellOf: ({ event }) => indexable(event.source) },
  ...Object.entries(factColumns).map(
    ([fact, name]): Column => ({
      name,
      type: 'text',
      cellOf: (_, facts) => indexableFact(facts[fact as TextFact]),
    }),
  ),
  { name: 'address', type: 'text', stored: 'address::inet', cellOf: (_, { address }) => ipOf(address) },
  { name: 'trace', type: 'text', stored: 'trace::uuid', cellOf: (_, { trace }) => trace },
  {
    name: 'attributes',
    type: 'text',
    stored: 'attributes::jsonb',
    cellOf: (_, { attributes }) => jsonOf(attributes),
  },
  { name: 'count', type: 'integer', cellOf: (_, { count }) => count },
  { name: 'salt', type: 'text', stored: 'salt::uuid', cellOf: ({ salt = randomUUID() }) => salt },
  {
    name: 'forgotten_at',
    type: 'text',
    stored: 'forgotten_at::timestamptz',
    cellOf: ({ forgottenAt = null }) => forgottenAt,
  },
  { name: 'event', type: 'text', asLines: true, cellOf: ({ event }) => JSON.stringify(event) },
];

/** The columns of the table `event`, and SQL for what is stored in each. */
export const storedColumns: readonly (readonly [name: string, value: string])[] = [
  ...eventColumns.map(({ name, stored = name }) => [name, stored] as const),
  ['prefix', prefixOf('address')],
];

/** SQL for the network of an address: what its neighbours share. A site's IPv6 addresses are in one /64. */
export function prefixOf(address: string): string {
  return `network(set_masklen(${address}::inet, CASE family(${address}::inet) WHEN 4 THEN 24 ELSE 64 END))`;
}

/** One parameter per column, for `arrayParameters`. */
export function parametersOf(
  columns: readonly Pick<Column, 'cellOf' | 'asLines'>[],
  events: readonly PlacedEvent[],
): readonly unknown[] {
  const rows = events.map((placed) => ({ placed, facts: factsOf(placed.event) }));
  return columns.map(({ cellOf, asLines }) => {
    const cells = rows.map(({ placed, facts }) => cellOf(placed, facts));
    return asLines ? cells.join('\n') : cells;
  });
}

/** SQL for the parameters of columns, numbered from `from`: an array each, as `unnest` takes them. */
export function arrayParameters(columns: readonly Pick<Column, 'type' | 'asLines'>[], from: number): string {
  return columns
    .map(({ type, asLines }, n) =>
      asLines ? `string_to_array($${from + n}::${type}, E'\\n')` : `$${from + n}::${type}[]`,
    )
    .join(', ');
}

function indexableFact(fact: string | null): string | null {
  return fact === null ? null : indexable(fact);
}

/** The zone of a link-local address isn't part of PostgreSQL's `inet`. */
function ipOf(address: string | null): string | null {
  return address !== null && isIP(address) !== 0 ? (address.split('%')[0] ?? null) : null;
}

function jsonOf(attributes: EventFacts['attributes']): string | null {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return null;
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [unicode(name), unicode(value)])));
}

/** `jsonb` rejects lone surrogates. */
function unicode(text: string): string {
  return Buffer.from(indexable(storable(text))).toString();
}
