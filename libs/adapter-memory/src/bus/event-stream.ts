import { BusError, deliveryOf, type EventStream } from '@admit-one/core';
import { createConsumer, type MemoryConsumer } from './consumer.ts';
import { createMessageLog } from './message-log.ts';

export interface MemoryEventStream extends EventStream {
  /** Stops all consumers. */
  close(): Promise<void>;
}

export interface MemoryEventStreamOptions {
  readonly maxBytes: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Makes an event stream in memory. It keeps a message until every durable consumer that it has ever had, stopped ones
 * included, has handled it; before the first one it keeps all.
 */
export function createMemoryEventStream({ maxBytes, onError }: MemoryEventStreamOptions): MemoryEventStream {
  const log = createMessageLog(maxBytes);
  const durables = new Map<string, MemoryConsumer>();
  let open = true;

  function makeSureItIsOpen(): void {
    if (!open) throw new BusError('disconnected', 'the bus is closed');
  }

  function dropWhatAllHaveHandled(): void {
    log.trim(Math.min(...[...durables.values()].map(({ position }) => position)));
  }

  function durable(name: string): MemoryConsumer {
    const known = durables.get(name);
    if (known) return known;
    const made = createConsumer({ name, log, onHandled: dropWhatAllHaveHandled, onError });
    durables.set(name, made);
    return made;
  }

  return {
    async publish(events) {
      makeSureItIsOpen();
      log.append(deliveryOf(events));
      for (const consumer of durables.values()) consumer.wake();
    },
    async consume(durableName, handler) {
      makeSureItIsOpen();
      return durable(durableName).consume(handler);
    },
    async close() {
      open = false;
      await Promise.all([...durables.values()].map((consumer) => consumer.stop()));
    },
  };
}
