import { BusError, type EventStream, publicationOf } from '@admit-one/core';
import { createConsumer, type MemoryConsumer } from './consumer.ts';
import { createMessageLog } from './message-log.ts';

export interface MemoryEventStream extends EventStream {
  /** Stops all consumers. */
  close(): Promise<void>;
}

export interface MemoryEventStreamOptions {
  readonly maxBytes: number;
}

/**
 * An event stream in memory. It keeps a message until every consumer, stopped ones included, has handled it; before
 * the first consumer it keeps every message. So there is nothing left for `trim` to remove.
 */
export function createMemoryEventStream({ maxBytes }: MemoryEventStreamOptions): MemoryEventStream {
  const log = createMessageLog(maxBytes);
  const consumers = new Map<string, MemoryConsumer>();
  let open = true;

  function assertOpen(): void {
    if (!open) throw new BusError('disconnected', 'the bus is closed');
  }

  function dropHandled(): void {
    log.trim(Math.min(...[...consumers.values()].map(({ position }) => position)));
  }

  function consumerOf(name: string): MemoryConsumer {
    const known = consumers.get(name);
    if (known) return known;
    const made = createConsumer({ name, log, onHandled: dropHandled });
    consumers.set(name, made);
    return made;
  }

  return {
    get fillRatio() {
      return log.bytes / maxBytes;
    },
    async publish(events) {
      assertOpen();
      log.append(publicationOf(events));
      for (const consumer of consumers.values()) consumer.wake();
    },
    async trim() {},
    async pending(name) {
      assertOpen();
      return log.end - (consumers.get(name)?.position ?? log.start);
    },
    async consume(name, handler) {
      assertOpen();
      return consumerOf(name).consume(handler);
    },
    async close() {
      open = false;
      await Promise.all([...consumers.values()].map((consumer) => consumer.stop()));
    },
  };
}
