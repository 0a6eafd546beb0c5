import { createDeliveryPace, type Delivery, type Running, startWorker } from '@admit-one/core';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { toBusError } from '../errors.ts';
import { readBody } from './body-encoding.ts';
import type { OpenConsumer } from './consumer.ts';
import type { StreamIdentity } from './stream.ts';
import type { StreamLevel } from './stream-level.ts';

export interface ConsumeLoopOptions {
  readonly connection: ReconnectingConnection;
  /** Finds or creates the consumer. */
  readonly open: () => Promise<OpenConsumer>;
  /** Looks at the stream again and again. */
  readonly level: Pick<StreamLevel, 'identity'>;
  /** Reports its errors itself. */
  readonly handler: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

interface Received {
  readonly message: JsMsg;
  readonly stream: StreamIdentity;
}

/** How many messages the handler gets at most at once, and how many are requested ahead. */
const AT_MOST = 64;
/** A pull that the server has forgotten is missed after two heartbeats, each half of this. */
const PULL_EXPIRES_MS = 3_000;
const REDELIVER_AFTER_MS = 500;
const LOOK_AGAIN_MS = 1_000;
/** Every message wakes the delivery: polling finds nothing. */
const IDLE_MS = 3_600_000;

/**
 * Hands the messages of a consumer to a handler until it is stopped. A message is acknowledged when the handler resolves,
 * and redelivered after a pause when it rejects. When consuming ends for any reason, it starts again.
 */
export function startConsumeLoop({ connection, open, level, handler, onError }: ConsumeLoopOptions): Running {
  let messages: ConsumerMessages | undefined;
  let waiting: Received[] = [];
  let inHand: readonly Received[] = [];
  /** The last error of the handler. */
  let rejection: unknown;
  let progressTimer: NodeJS.Timeout | undefined;
  let stopped = false;
  let stopping: Promise<void> | undefined;

  const consuming = startWorker({ work: consume, idleMs: LOOK_AGAIN_MS, onError });
  const pace = createDeliveryPace();
  const delivering = startWorker({
    ...{ work: deliverSome, idleMs: IDLE_MS, restMs: pace.restMs },
    onError(error) {
      if (error !== rejection) onError(error);
    },
  });

  /** Resolves when the client stops requesting messages. */
  async function consume(): Promise<boolean> {
    if (stopped || !connection.connected) return false;
    const { consumer, stream, ackWaitMs } = await open();
    messages = await consumer.consume({
      callback: (message) => take({ message, stream }),
      max_messages: AT_MOST,
      expires: PULL_EXPIRES_MS,
      abort_on_missing_resource: true,
    });
    if (stopped) messages.stop();
    clearInterval(progressTimer);
    progressTimer = setInterval(reportProgress, ackWaitMs / 3).unref();
    const error = await messages.closed();
    if (stopped) return false;
    waiting = [];
    onError(toBusError(error ?? 'it ended by itself', 'consuming'));
    return false;
  }

  function take(received: Received): void {
    waiting.push(received);
    delivering.wake();
  }

  /** Without it, the server redelivers messages that wait here. */
  function reportProgress(): void {
    if (connection.connected) for (const { message } of [...inHand, ...waiting]) message.working();
  }

  async function deliverSome(): Promise<boolean> {
    if (stopped) return giveBack();
    inHand = waiting.splice(0, AT_MOST);
    if (inHand.length === 0) return false;
    pace.begin(inHand.length);
    try {
      await handler(inHand.map(deliveryOf)).catch((error: unknown) => {
        rejection = error;
        throw error;
      });
      for (const { message } of inHand) message.ack();
    } catch (error) {
      for (const { message } of inHand) message.nak(REDELIVER_AFTER_MS);
      throw error;
    } finally {
      inHand = [];
    }
    return true;
  }

  function deliveryOf({ message, stream }: Received): Delivery {
    const { created } = stream;
    const { first } = level.identity?.created === created ? level.identity : stream;
    const position = { stream: created, sequence: message.info.streamSequence, first };
    return { subject: message.subject, body: readBody(message.data, message.headers), position };
  }

  /** Returns waiting messages for redelivery to another process. */
  function giveBack(): false {
    if (connection.connected) for (const { message } of waiting) message.nak();
    waiting = [];
    return false;
  }

  async function stop(): Promise<void> {
    stopped = true;
    messages?.stop();
    await Promise.all([consuming.stop(), delivering.stop()]);
    clearInterval(progressTimer);
  }

  return {
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
