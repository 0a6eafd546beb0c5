import { createHash } from 'node:crypto';
import {
  BusError,
  type Delivery,
  type Diagnostic,
  deliveryOf,
  type EventStream,
  type Running,
} from '@admit-one/core';
import { headers } from '@nats-io/nats-core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { isNoResponders, toBusError } from '../errors.ts';
import { startConsumeLoop } from './consume-loop.ts';
import { ensureConsumer, type OpenConsumer } from './consumer.ts';
import { ensureStream } from './stream.ts';
import { STREAM, type StreamSettings } from './stream-config.ts';

export interface NatsEventStream extends EventStream {
  /** Stops all consumers. */
  close(): Promise<void>;
}

export interface NatsEventStreamOptions {
  readonly link: ReconnectingConnection;
  readonly stream: StreamSettings;
  /** How long to wait for the acknowledgement of a batch. */
  readonly publishTimeoutMs: number;
  readonly onError: (error: unknown) => void;
  readonly onWarning: (diagnostic: Diagnostic) => void;
}

const CONTENT_TYPE = 'application/cloudevents-batch+json';

/** Makes an event stream on JetStream. The stream is made, or held against what is asked for, as soon as NATS is there. */
export async function createEventStream(options: NatsEventStreamOptions): Promise<NatsEventStream> {
  const { link, stream, publishTimeoutMs, onError, onWarning } = options;
  const consumptions = new Set<Running>();
  let seen = false;
  let ensuring: Promise<void> | undefined;

  /** Whoever finds the stream missing waits for the same attempt. */
  function ensured(): Promise<void> {
    ensuring ??= ensure().finally(() => {
      ensuring = undefined;
    });
    return ensuring;
  }

  async function ensure(): Promise<void> {
    const { made, diagnostics } = await ensureStream(link.live().js, stream, seen);
    if (made && seen) onError(new Error(`stream ${STREAM} was gone, with all its events, and is made anew`));
    seen = true;
    tell(diagnostics);
  }

  function tell(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics)
      if (diagnostic.level === 'error') onError(new Error(diagnostic.message));
      else onWarning(diagnostic);
  }

  async function openDurable(name: string): Promise<OpenConsumer> {
    await ensured();
    const durable = await ensureConsumer(link.live().js, name);
    tell(durable.diagnostics);
    return durable;
  }

  async function store({ subject, body }: Delivery): Promise<void> {
    const contentType = headers();
    contentType.set('content-type', CONTENT_TYPE);
    await link.live().js.publish(subject, body, {
      // Of all that is in it: another batch may begin with the same event.
      msgID: createHash('sha256').update(body).digest('base64url'),
      headers: contentType,
      timeout: publishTimeoutMs,
      expect: { streamName: STREAM },
    });
  }

  const leave = link.attach(() => void ensured().catch(onError));
  await ensuring?.catch(() => {});

  return {
    async publish(events) {
      const message = deliveryOf(events);
      try {
        await store(message).catch(async (error: unknown) => {
          if (!isNoResponders(error)) throw error;
          await ensured();
          await store(message);
        });
      } catch (error) {
        throw toBusError(error, `publishing to ${message.subject}`);
      }
    },
    async consume(durableName, handler) {
      if (link.closed) throw new BusError('disconnected', 'the bus is closed');
      const open = () => openDurable(durableName);
      const consumption = startConsumeLoop({ link, open, handler, onError });
      consumptions.add(consumption);
      return {
        async stop() {
          await consumption.stop();
          consumptions.delete(consumption);
        },
      };
    },
    async close() {
      leave();
      await Promise.all([...consumptions].map((consumption) => consumption.stop()));
    },
  };
}
