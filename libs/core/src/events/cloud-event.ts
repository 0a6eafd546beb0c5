import { parseInstant } from '../instant.ts';
import { type EventData, type EventType, isEventType, mayPublishUnder } from './catalogue.ts';

/** The most bytes that one event may take as JSON. */
export const MAX_EVENT_BYTES = 16 * 1024;

/** An event that has no place yet, and so no id; the type decides the shape of `data`. */
export type NewEvent<Type extends EventType = EventType> = Type extends EventType
  ? {
      readonly type: Type;
      /** The instance that publishes it. */
      readonly source: string;
      /** What it is about: see the catalogue. */
      readonly subject: string;
      /** Store time, Unix milliseconds. */
      readonly time: number;
      readonly traceparent: string | null;
      readonly data: EventData<Type>;
    }
  : never;

/** Where an event is numbered: what identifies it. The store assigns it, or the reporter of an instance. */
export interface EventPlace {
  readonly partitionkey: string;
  /** Contiguous from 1 per partition key; 16 digits, so that strings sort like numbers. */
  readonly sequence: string;
}

interface Envelope<Type extends EventType, Data> extends EventPlace {
  readonly specversion: '1.0';
  /** The place: `<partitionkey>.<sequence>`. */
  readonly id: string;
  readonly source: string;
  readonly type: Type;
  readonly subject: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly traceparent?: string;
  readonly data: Data;
}

/**
 * CloudEvents 1.0 in its JSON format, with the extensions `partitionkey`, `sequence` and `traceparent`. Without
 * `datacontenttype`, data is JSON.
 */
export type CloudEvent<Type extends EventType = EventType> = Type extends EventType
  ? Envelope<Type, EventData<Type>>
  : never;

/** An event from the bus or the audit log: its `data` is not checked, and may be of another version. */
export type ReceivedEvent = Envelope<EventType, Readonly<Record<string, unknown>>>;

/** As W3C Trace Context has it, section 3.2. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** An event without its place, as JSON will show it. A `traceparent` of another form, which another program may have sent, is left out. */
export function unnumbered(event: NewEvent) {
  const { type, source, subject, traceparent, data } = event;
  const time = new Date(event.time).toISOString();
  // Members behind a spread would be slow.
  return traceparent === null || !TRACEPARENT.test(traceparent)
    ? ({ type, source, subject, time, data } as const)
    : ({ type, source, subject, time, traceparent, data } as const);
}

/** A sequence as events carry it. */
export function sequenceText(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

/** The event at its place. */
export function numbered<Type extends EventType>(
  event: NewEvent<Type>,
  partitionkey: string,
  sequence: number,
): CloudEvent<Type> {
  const number = sequenceText(sequence);
  const place = { specversion: '1.0', partitionkey, sequence: number, id: `${partitionkey}.${number}` };
  return { ...place, ...unnumbered(event as NewEvent) } as CloudEvent<Type>;
}

/** What `parseEvent` found wrong with a value. */
export interface InvalidEvent {
  readonly issue: string;
}

const REQUIRED = ['id', 'source', 'subject', 'time', 'partitionkey', 'sequence'] as const;

/** Checks the envelope of one element of a batch. Unknown members are kept; an unknown type is invalid. */
export function parseEvent(value: unknown): ReceivedEvent | InvalidEvent {
  if (typeof value !== 'object' || value === null) return { issue: 'not an object' };
  const event = value as Record<string, unknown>;
  if (event.specversion !== '1.0') return { issue: 'specversion is not 1.0' };
  for (const name of event.traceparent === undefined ? REQUIRED : [...REQUIRED, 'traceparent']) {
    const member = event[name];
    if (typeof member !== 'string' || member === '') return { issue: `${name} is not a non-empty string` };
    if (member.length > 512 || member.includes('\0')) return { issue: `${name} is too long or contains NUL` };
  }
  if (!isEventType(event.type)) return { issue: 'type is not in the event catalogue' };
  if (parseInstant(event.time as string) === null)
    return { issue: 'time is not a date and time of RFC 3339, of the years 0001 to 9999 in UTC' };
  if (!/^\d{16}$/.test(event.sequence as string) || !isSequence(Number(event.sequence)))
    return { issue: 'sequence is not a number of 16 digits from 1' };
  if (typeof event.data !== 'object' || event.data === null || Array.isArray(event.data))
    return { issue: 'data is not an object' };
  if (!mayPublishUnder(event.type, event.partitionkey as string))
    return { issue: `${event.type} may not be published under partitionkey ${event.partitionkey}` };
  return value as ReceivedEvent;
}

/** Above the safe integers, two sequences could become one JavaScript number and look like a gap. */
export function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
