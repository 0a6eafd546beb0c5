import {
  type AppendedEvents,
  type AuditFilter,
  type AuditLog,
  type EncodedEvent,
  type EventType,
  type NewEvent,
  newId,
  numbered,
  type ReceivedEvent,
  type StoredEvent,
} from '@admit-one/core';

/** What a test says of an event; the rest is made up, and unique where it must be. `data` may be of any shape. */
export interface Sample extends Partial<Omit<NewEvent, 'type' | 'data'>> {
  readonly type?: EventType;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly partitionkey?: string;
  readonly sequence?: number;
}

/** The types of the events of one admission. */
export const admissionTypes = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
] as const;

/** A value that no other test uses, so that suites may share an engine. */
export function unique(name: string): string {
  return `${name}-${newId()}`;
}

/** An event that is not numbered yet. */
export function newEvent(sample: Sample = {}): NewEvent {
  const { partitionkey: _key, sequence: _sequence, ...given } = sample;
  return {
    type: 'admit.connection.closed',
    source: unique('source'),
    subject: unique('subject'),
    time: Date.now(),
    traceparent: null,
    data: {},
    ...given,
  } as NewEvent;
}

/** A numbered event; by default the first of a new partition key. */
export function cloudEvent(sample: Sample = {}): ReceivedEvent {
  const { partitionkey = unique('instance'), sequence = 1 } = sample;
  return numbered(newEvent(sample), partitionkey, sequence);
}

/** The same, encoded. */
export function encodedEvent(sample: Sample = {}): EncodedEvent {
  return encoded(cloudEvent(sample));
}

/** Encodes an event as it is, good or bad. */
export function encoded(event: ReceivedEvent): EncodedEvent {
  const { type, partitionkey, sequence } = event;
  return { type, partitionkey, sequence, json: Buffer.from(JSON.stringify(event)) };
}

/** Decodes an event that was encoded. */
export function decode({ json }: EncodedEvent): ReceivedEvent {
  return JSON.parse(Buffer.from(json).toString());
}

let messages = 0;

/**
 * Appends events as one message. The messages before it count as dropped: other files of this process may have appended them to
 * another log.
 */
export function appendEvents(log: AuditLog, events: readonly ReceivedEvent[]): Promise<AppendedEvents> {
  messages += 1;
  const position = { stream: 'sample', sequence: messages, first: messages };
  return log.append([{ position, events: events.map((event, index) => ({ index, event })) }]);
}

/** A search for one value of each fact, or several types. */
export interface SampleFilter {
  readonly types?: readonly EventType[] | undefined;
  readonly ticket?: string | undefined;
  readonly session?: string | undefined;
  readonly user?: string | undefined;
  readonly connection?: string | undefined;
  readonly reason?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function filterOf({ types, from, to, ...facts }: SampleFilter): AuditFilter {
  const included = Object.entries({ ...facts })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([fact, value]) => [fact, { include: [value] }]);
  return { facts: { type: types && { include: types }, ...Object.fromEntries(included) }, from, to };
}

/** An event as it was appended: without the position that the log adds. */
export function withoutPosition({ position: _, ...event }: StoredEvent): ReceivedEvent {
  return event as ReceivedEvent;
}

/** The ids of events, in their order. */
export function idsOf(events: readonly { readonly id: string }[]): readonly string[] {
  return events.map(({ id }) => id);
}
