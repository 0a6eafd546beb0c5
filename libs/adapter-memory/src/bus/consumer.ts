import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDeliveryPace, type Delivery, type Running, startWorker, type Worker } from '@admit-one/core';
import type { MessageLog } from './message-log.ts';

type Handler = (deliveries: readonly Delivery[]) => Promise<void>;

/** A named position in the stream. */
export interface MemoryConsumer {
  /** The position of the first unhandled message. */
  readonly position: number;
  /**
   * `stop` first hands over what is left in the log: it ends with the process.
   * @throws {Error} where the name is consumed already: a bug
   */
  consume(handler: Handler): Running;
  /** Called when there is more in the log. */
  wake(): void;
  stop(): Promise<void>;
}

export interface MemoryConsumerOptions {
  readonly name: string;
  readonly log: MessageLog;
  /** Called when the position has moved. */
  readonly onHandled: () => void;
}

/** How many messages a handler gets at most at once. */
const MOST_AT_ONCE = 64;

/** A consumer is woken for every message, so polling finds nothing. */
const IDLE_MS = 3_600_000;

/** A consumer that begins at the oldest message of the log. */
export function createConsumer(options: MemoryConsumerOptions): MemoryConsumer {
  const { name, log, onHandled } = options;
  let position = log.start;
  let consumer: Worker | undefined;

  function start(handler: Handler): Worker {
    let stopping: Promise<void> | undefined;
    const pace = createDeliveryPace();
    const worker = startWorker({
      ...{ work: deliverSome, idleMs: IDLE_MS, restMs: pace.restMs },
      onError: handlerReports,
    });

    async function deliverSome(): Promise<boolean> {
      await nextTurn();
      const deliveries = log.read(position, MOST_AT_ONCE);
      if (deliveries.length === 0) return false;
      pace.begin(deliveries.length);
      await handler(deliveries);
      position += deliveries.length;
      onHandled();
      return true;
    }

    async function stop(): Promise<void> {
      await worker.stop().catch(handlerReports);
      consumer = undefined;
    }

    return {
      wake: () => worker.wake(),
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

/** A handler reports its own errors; nothing else throws here. */
function handlerReports(): void {}
