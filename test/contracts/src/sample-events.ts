import { type CloudEvent, type EventType, type NewEvent, newId, numbered } from '@admit-one/core';

/** What a test says of an event; the rest is made up, and unique where it must be. */
export interface Sample extends Partial<Omit<NewEvent, 'type'>> {
  readonly type?: EventType;
  readonly partitionkey?: string;
  readonly sequence?: number;
}

/** A value that no other test uses, so that suites may share an engine. */
export function unique(name: string): string {
  return `${name}-${newId()}`;
}

/** An event that is not numbered yet. */
export function newEvent(sample: Sample = {}): NewEvent {
  const { partitionkey: _key, sequence: _sequence, ...given } = sample;
  return {
    id: unique('event'),
    type: 'admit.connection.closed',
    source: 'contract',
    subject: unique('subject'),
    time: Date.now(),
    traceparent: null,
    data: {},
    ...given,
  };
}

/** A numbered event; by default the first of a partition key of its own. */
export function cloudEvent(sample: Sample = {}): CloudEvent {
  const { partitionkey = unique('instance'), sequence = 1 } = sample;
  return numbered(newEvent(sample), partitionkey, sequence);
}

/** The ids of events, in their order. */
export function idsOf(events: readonly { readonly id: string }[]): readonly string[] {
  return events.map(({ id }) => id);
}
