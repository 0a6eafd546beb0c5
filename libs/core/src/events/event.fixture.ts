import { type EventType, eventCatalogue } from './catalogue.ts';
import { type CloudEvent, type NewEvent, numbered, type ReceivedEvent } from './cloud-event.ts';
import { type EncodedEvent, encodeEvent } from './encoded-event.ts';

/** What a test says of an event. `data` is not checked: it may be of another version. */
export interface EventSample {
  readonly type?: EventType;
  readonly subject?: string;
  readonly time?: number;
  readonly traceparent?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A rejection without a number, unless the sample says otherwise. */
export function newEvent(sample: EventSample = {}): NewEvent {
  const { type = 'admit.ticket.rejected' } = sample;
  return {
    type,
    source: 'ticket-service-1',
    subject: 'ticket-1',
    time: Date.UTC(2026, 0, 1),
    traceparent: null,
    data: eventCatalogue[type].example,
    ...sample,
  } as NewEvent;
}

/** An event as the store numbers it. */
export function storedEvent(sequence: number, sample: EventSample = {}): CloudEvent {
  return numbered(newEvent(sample), 'p00.epoch', sequence);
}

/** The same, encoded. */
export function encodedEvent(sequence: number, sample: EventSample = {}): EncodedEvent {
  return encodeEvent(newEvent(sample), 'p00.epoch', sequence);
}

/** Decodes events that were encoded. */
export function decoded(events: readonly EncodedEvent[]): readonly ReceivedEvent[] {
  return events.map(({ json }) => JSON.parse(Buffer.from(json).toString()));
}
