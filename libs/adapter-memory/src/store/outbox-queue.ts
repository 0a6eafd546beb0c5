import {
  type EncodedEvent,
  type EventPlace,
  encodeEvent,
  MAX_EVENT_BYTES,
  type NewEvent,
  type OutboxBounds,
  type OutboxLevel,
  outboxBoundOf,
  type RecordWork,
  StoreError,
  type TicketWork,
} from '@admit-one/core';

/** The events of one partition that the relay has not taken yet, numbered as they came in. */
export interface OutboxQueue {
  /** @throws {StoreError} `outbox_full`, if there is no room for that many */
  makeSureOfRoom(count: number, work: TicketWork | RecordWork): void;
  /** @throws {RangeError} if an event exceeds 16 KiB; none is added then */
  push(events: readonly NewEvent[]): void;
  head(limit: number): readonly EncodedEvent[];
  /** Removes up to and including this event, where it is in the queue. */
  remove(through: EventPlace): void;
  level(): OutboxLevel;
  /** The number of the last event; 0 where there was none. */
  readonly lastSequence: number;
}

/** Makes an empty queue that numbers under one partition key. Events are encoded here: later changes to them have no effect. */
export function createOutboxQueue(partitionKey: string, bounds: OutboxBounds): OutboxQueue {
  const waiting: EncodedEvent[] = [];
  let lastSequence = 0;

  function encode(event: NewEvent, sequence: number): EncodedEvent {
    const encoded = encodeEvent(event, partitionKey, sequence);
    if (encoded.json.byteLength > MAX_EVENT_BYTES)
      throw new RangeError(`${event.type} is larger than ${MAX_EVENT_BYTES} bytes`);
    return encoded;
  }

  return {
    makeSureOfRoom(count, work) {
      const bound = outboxBoundOf(work, bounds);
      if (waiting.length + count > bound)
        throw new StoreError('outbox_full', `${bound} events of ${partitionKey} wait for the relay`);
    },
    push(events) {
      const encoded = events.map((event, n) => encode(event, lastSequence + 1 + n));
      waiting.push(...encoded);
      lastSequence += encoded.length;
    },
    head: (limit) => waiting.slice(0, limit),
    remove({ partitionkey, sequence }) {
      if (partitionkey !== partitionKey) return;
      const beforeFirst = lastSequence - waiting.length;
      const count = Number(sequence) - beforeFirst;
      if (count > 0 && count <= waiting.length) waiting.splice(0, count);
    },
    level: () => ({ events: waiting.length, ...bounds }),
    get lastSequence() {
      return lastSequence;
    },
  };
}
