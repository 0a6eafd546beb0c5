import { type EventType, eventTypes, isEventType, sequenceOwnerOf } from './event-types.ts';

/** The most bytes that one event may take as JSON. */
export const MAX_EVENT_BYTES = 16 * 1024;

/** The most bytes of events in one message on the bus. */
export const MAX_BATCH_BYTES = 256 * 1024;

/** An event before the store or the reporter has numbered it. */
export interface NewEvent {
  /** Unique, and the same when the same intention is recorded again. */
  readonly id: string;
  readonly type: EventType;
  /** The instance that made it. */
  readonly source: string;
  /** The ticket id, connection or instance that it is about. */
  readonly subject: string;
  /** Store time, Unix milliseconds. */
  readonly time: number;
  readonly traceparent: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** CloudEvents 1.0 in its JSON format, with the extensions `partitionkey`, `sequence` and `traceparent`. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly subject: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly partitionkey: string;
  /** Contiguous from 1 per partition key; 16 digits, so that it orders as a string too. */
  readonly sequence: string;
  readonly traceparent?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Numbers an event: from here on it must not be lost unnoticed. */
export function numbered(event: NewEvent, partitionKey: string, sequence: number): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: new Date(event.time).toISOString(),
    datacontenttype: 'application/json',
    partitionkey: partitionKey,
    sequence: String(sequence).padStart(16, '0'),
    ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
    data: event.data,
  };
}

/** An event's size on the wire, in bytes. */
export function byteLength(event: NewEvent | CloudEvent): number {
  return Buffer.byteLength(JSON.stringify(event));
}

/** The body of one message on the bus: `application/cloudevents-batch+json`. */
export function encodeBatch(events: readonly CloudEvent[]): Uint8Array {
  return Buffer.from(JSON.stringify(events));
}

/**
 * Splits events into batches of one type each, none above `MAX_BATCH_BYTES`, keeping the order within a type.
 */
export function batchesOf(events: readonly CloudEvent[]): readonly (readonly CloudEvent[])[] {
  const batches: CloudEvent[][] = [];
  const open = new Map<EventType, { events: CloudEvent[]; bytes: number }>();
  for (const event of events) {
    const bytes = byteLength(event) + 1;
    let batch = open.get(event.type);
    if (!batch || batch.bytes + bytes > MAX_BATCH_BYTES) {
      batch = { events: [], bytes: 2 };
      open.set(event.type, batch);
      batches.push(batch.events);
    }
    batch.events.push(event);
    batch.bytes += bytes;
  }
  return batches;
}

/** What `parseEvent` found wrong with a value, in words for an operator. */
export interface InvalidEvent {
  readonly issue: string;
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const REQUIRED = ['id', 'source', 'subject', 'time', 'partitionkey', 'sequence'] as const;

/** Checks one element of a batch from the bus. Unknown members are kept; unknown types are a fault. */
export function parseEvent(value: unknown): CloudEvent | InvalidEvent {
  if (typeof value !== 'object' || value === null) return { issue: 'not an object' };
  const event = value as Record<string, unknown>;
  if (event.specversion !== '1.0') return { issue: 'specversion is not 1.0' };
  for (const name of event.traceparent === undefined ? REQUIRED : [...REQUIRED, 'traceparent']) {
    const member = event[name];
    if (typeof member !== 'string' || member === '') return { issue: `${name} is not a non-empty string` };
    if (member.length > 512 || member.includes('\0')) return { issue: `${name} is too long or contains NUL` };
  }
  if (!isEventType(event.type)) return { issue: 'type is not one of ours' };
  if (!isTime(event.time as string)) return { issue: 'time is not a date of RFC 3339' };
  if (!/^\d{16}$/.test(event.sequence as string) || !isSequence(Number(event.sequence)))
    return { issue: 'sequence is not a number of 16 digits from 1' };
  if (typeof event.data !== 'object' || event.data === null || Array.isArray(event.data))
    return { issue: 'data is not an object' };
  if (eventTypes[event.type] !== sequenceOwnerOf(event.partitionkey as string))
    return { issue: `${event.type} may not be published under partitionkey ${event.partitionkey}` };
  return value as CloudEvent;
}

/** `Date.parse` takes the 30th of February for the 2nd of March; a database does not. */
function isTime(value: string): boolean {
  const day = value.slice(0, 'yyyy-mm-dd'.length);
  return (
    RFC_3339.test(value) && !Number.isNaN(Date.parse(value)) && new Date(day).toISOString().startsWith(day)
  );
}

/** Numbers that JavaScript cannot tell apart would make holes that are none. */
function isSequence(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
