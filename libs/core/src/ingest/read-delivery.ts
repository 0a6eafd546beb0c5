import { subjectOf } from '../events/catalogue.ts';
import { MAX_EVENT_BYTES, parseEvent, type ReceivedEvent } from '../events/cloud-event.ts';
import { MAX_BATCH_BYTES } from '../events/encoded-event.ts';
import type { DeadLetter, StreamMessage } from '../ports/audit-log.ts';
import type { Delivery, Publication } from '../ports/bus.ts';

/** The kind of an issue: the label `why` of its metric. */
export type IssueKind =
  | 'message_too_big'
  | 'not_json'
  | 'not_a_batch'
  | 'not_an_event'
  | 'wrong_subject'
  | 'sequence_out_of_range'
  | 'not_storable'
  | 'event_too_deep'
  | 'event_too_big';

/** One issue; `text` is for an operator. */
export interface DeliveryIssue {
  readonly why: IssueKind;
  readonly text: string;
}

const MAX_LEVELS = 32;

/** The valid events of a message, and an issue for each other element. */
export interface ReadDelivery {
  readonly events: StreamMessage['events'];
  readonly issues: readonly DeliveryIssue[];
}

/** Parses and checks a message from the bus. */
export function readDelivery({ subject, body }: Publication): ReadDelivery {
  if (body.byteLength > MAX_BATCH_BYTES)
    return unreadable('message_too_big', `${body.byteLength} bytes, above ${MAX_BATCH_BYTES}`);
  let batch: unknown;
  try {
    batch = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return unreadable('not_json', 'not JSON in UTF-8');
  }
  if (!Array.isArray(batch)) return unreadable('not_a_batch', 'not a JSON array');

  const events: { index: number; event: ReceivedEvent }[] = [];
  const issues: DeliveryIssue[] = [];
  for (const [index, element] of batch.entries()) {
    const read = readElement(subject, element);
    if ('why' in read) issues.push({ why: read.why, text: `[${index}]: ${read.text}` });
    else events.push({ index, event: read });
  }
  return { events, issues: issues };
}

function unreadable(why: IssueKind, text: string): ReadDelivery {
  return { events: [], issues: [{ why, text }] };
}

function readElement(subject: string, element: unknown): ReceivedEvent | DeliveryIssue {
  const event = parseEvent(element);
  if ('issue' in event) return { why: 'not_an_event', text: event.issue };
  if (subject !== subjectOf(event.type))
    return { why: 'wrong_subject', text: `${event.type} was published to another subject` };
  const mostBytes = mostBytesOf(event, MAX_LEVELS);
  if (mostBytes === Number.POSITIVE_INFINITY)
    return { why: 'event_too_deep', text: `nested more than ${MAX_LEVELS} levels deep` };
  // Writing an event as JSON again takes as long as parsing it.
  const bytes = mostBytes > MAX_EVENT_BYTES ? Buffer.byteLength(JSON.stringify(event)) : 0;
  return bytes > MAX_EVENT_BYTES
    ? { why: 'event_too_big', text: `${bytes} bytes, above ${MAX_EVENT_BYTES}` }
    : event;
}

/** Of a character as JSON, escaped. */
const CHARACTER_BYTES = 6;
/** Of the longest number; a constant is shorter. */
const NUMBER_BYTES = 24;
/** Of what stands around a member: quotes of name and value, colon and comma. An object's or array's own brackets are fewer. */
const AROUND_BYTES = 6;

/**
 * The most bytes that a value takes as JSON; infinite where it is nested deeper than that. `JSON.parse` reads deeper nesting
 * than `JSON.stringify` writes: a page with such an event could not be served.
 */
function mostBytesOf(value: unknown, levels: number): number {
  if (typeof value === 'string') return CHARACTER_BYTES * value.length;
  if (typeof value !== 'object' || value === null) return NUMBER_BYTES;
  if (levels === 0) return Number.POSITIVE_INFINITY;
  let bytes = AROUND_BYTES;
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    bytes += CHARACTER_BYTES * name.length + AROUND_BYTES + mostBytesOf(member, levels - 1);
  }
  return bytes;
}

/** The message with an issue in the place of each of these events, which have the text of what is wrong with them. */
export function without<Message extends ReadDelivery>(
  message: Message,
  why: IssueKind,
  texts: ReadonlyMap<ReceivedEvent, string>,
): Message {
  const issues = message.events.flatMap(({ event }) => {
    const text = texts.get(event);
    return text === undefined ? [] : [{ why, text }];
  });
  if (issues.length === 0) return message;
  const events = message.events.filter(({ event }) => !texts.has(event));
  return { ...message, events, issues: [...message.issues, ...issues] };
}

/** How many issues of one message are listed; the message itself is kept. */
const LISTED_ISSUES = 5;

export function deadLetterOf({ subject, body }: Delivery, issues: readonly DeliveryIssue[]): DeadLetter {
  const listed = issues.slice(0, LISTED_ISSUES).map(({ text }) => text);
  const more = issues.length - listed.length;
  return { subject, body, issue: [...listed, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') };
}
