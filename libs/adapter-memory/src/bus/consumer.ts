import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Delivery, type Running, startWorker, type Worker } from '@admit-one/core';
import type { MessageLog } from './message-log.ts';

type Handler = (deliveries: readonly Delivery[]) => Promise<void>;

/** A named place in the stream, and who goes on from there. */
export interface MemoryConsumer {
  /** The position of the first message that was not handled yet. */
  readonly position: number;
  /**
   * Its `stop` first hands over all that is in the log, as long as that is taken: what a process that ends has not
   * handled is gone.
   * @throws {Error} where somebody consumes under this name already: a bug, since one process holds the stream
   */
  consume(handler: Handler): Running;
  /** Tells that there is more in the log. */
  wake(): void;
  stop(): Promise<void>;
}

export interface MemoryConsumerOptions {
  readonly name: string;
  readonly log: MessageLog;
  /** Hears that the position has moved. */
  readonly onHandled: () => void;
  /** Hears why a handler rejected a delivery. */
  readonly onError: (error: unknown) => void;
}

/** How many messages a handler gets at most at once. */
const MOST_AT_ONCE = 64;

/** A consumer is woken for every message, so that its pump's own look finds nothing. */
const IDLE_MS = 3_600_000;

/** Makes a consumer that begins at the oldest message of the log. */
export function createConsumer(options: MemoryConsumerOptions): MemoryConsumer {
  const { name, log, onHandled, onError } = options;
  let position = log.start;
  let consumer: Worker | undefined;

  function start(handler: Handler): Worker {
    let stopping: Promise<void> | undefined;
    const pump = startWorker({ work: deliverSome, idleMs: IDLE_MS, onError });

    async function deliverSome(): Promise<boolean> {
      await nextTurn();
      const deliveries = log.read(position, MOST_AT_ONCE);
      if (deliveries.length === 0) return false;
      await handler(deliveries);
      position += deliveries.length;
      onHandled();
      return true;
    }

    async function stop(): Promise<void> {
      await pump.stop().catch(onError);
      consumer = undefined;
    }

    return {
      wake: () => pump.wake(),
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  }

  return {
    get position() {
      return position;
    },
    consume(handler) {
      if (consumer) throw new Error(`${name} is consumed already`);
      consumer = start(handler);
      return consumer;
    },
    wake: () => consumer?.wake(),
    stop: async () => consumer?.stop(),
  };
}
