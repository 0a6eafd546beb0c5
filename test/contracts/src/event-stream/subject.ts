import type { Bus, CloudEvent, Delivery } from '@admit-one/core';
import type { ContractTests } from '../contract.ts';
import { cloudEvent, unique } from '../sample-events.ts';

export interface EventStreamOptions {
  /** The most bytes that the stream holds. */
  readonly maxBytes: number;
}

export interface EventStreamSubject {
  readonly open: (options?: EventStreamOptions) => Promise<Bus>;
}

export type EventStreamTests = ContractTests<EventStreamSubject>;

/** Events of one type, numbered under a partition key of their own. */
export function batch(length: number, sample: Parameters<typeof cloudEvent>[0] = {}): readonly CloudEvent[] {
  const partitionkey = unique('instance');
  return Array.from({ length }, (_, n) => cloudEvent({ partitionkey, sequence: n + 1, ...sample }));
}

/** The events in a delivery's body. */
export function eventsIn({ body }: Delivery): readonly CloudEvent[] {
  return JSON.parse(Buffer.from(body).toString());
}

/** Whether a delivery brings one of these events. */
export function brings(delivery: Delivery, events: readonly CloudEvent[]): boolean {
  const ids = new Set(events.map(({ id }) => id));
  return eventsIn(delivery).some(({ id }) => ids.has(id));
}

/** Takes everything that a durable consumer is given. */
export interface Inbox {
  readonly handler: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly deliveries: readonly Delivery[];
  /** Whether all of these events have arrived. */
  has(events: readonly CloudEvent[]): boolean;
  /** How often an event has arrived. */
  count(event: CloudEvent): number;
}

export function inbox(): Inbox {
  const deliveries: Delivery[] = [];
  const counts = new Map<string, number>();
  const count = ({ id }: CloudEvent) => counts.get(id) ?? 0;
  return {
    deliveries,
    count,
    has: (events) => events.every((event) => count(event) > 0),
    async handler(given) {
      deliveries.push(...given);
      for (const { id } of given.flatMap(eventsIn)) counts.set(id, (counts.get(id) ?? 0) + 1);
    },
  };
}
