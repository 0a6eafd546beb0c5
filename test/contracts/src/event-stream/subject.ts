import type { Bus, Delivery, EncodedEvent, EventPlace, ReceivedEvent } from '@admit-one/core';
import type { ContractTests } from '../contract.ts';
import { encodedEvent, type Sample, unique } from '../sample-events.ts';

export interface EventStreamOptions {
  /** The most bytes that the stream holds. */
  readonly maxBytes: number;
}

export interface EventStreamSubject {
  readonly open: (options?: EventStreamOptions) => Promise<Bus>;
}

export type EventStreamTests = ContractTests<EventStreamSubject>;

/** Events of one type, numbered under a partition key that no other test uses. */
export function batch(length: number, sample: Sample = {}): readonly EncodedEvent[] {
  const partitionkey = unique('instance');
  return Array.from({ length }, (_, n) => encodedEvent({ partitionkey, sequence: n + 1, ...sample }));
}

/** The events in a delivery's body. */
export function eventsIn({ body }: Delivery): readonly ReceivedEvent[] {
  return JSON.parse(Buffer.from(body).toString());
}

function placeOf({ partitionkey, sequence }: EventPlace): string {
  return `${partitionkey} ${sequence}`;
}

/** Whether a delivery brings one of these events. */
export function brings(delivery: Delivery, events: readonly EventPlace[]): boolean {
  const places = new Set(events.map(placeOf));
  return eventsIn(delivery).some((event) => places.has(placeOf(event)));
}

/** Takes everything that a durable consumer is given. */
export interface Inbox {
  readonly handler: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly deliveries: readonly Delivery[];
  /** Whether all of these events have arrived. */
  has(events: readonly EventPlace[]): boolean;
}

export function inbox(): Inbox {
  const deliveries: Delivery[] = [];
  const arrived = new Set<string>();
  return {
    deliveries,
    has: (events) => events.every((event) => arrived.has(placeOf(event))),
    async handler(given) {
      deliveries.push(...given);
      for (const event of given.flatMap(eventsIn)) arrived.add(placeOf(event));
    },
  };
}
