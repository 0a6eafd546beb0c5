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
  readonly connection: ReconnectingConnection;
  readonly stream: StreamSettings;
  /** How long to wait for the acknowledgement of a batch. */
  readonly publishTimeoutMs: number;
  readonly onError: (error: unknown) => void;
  readonly onWarning: (diagnostic: Diagnostic) => void;
}

const CONTENT_TYPE = 'application/cloudevents-batch+json';

/** An event stream on JetStream. The stream is created, or its settings are checked, on connect. */
export async function createEventStream(options: NatsEventStreamOptions): Promise<NatsEventStream> {
  const { connection, stream, publishTimeoutMs, onError, onWarning } = options;
  const consumers = new Set<Running>();
  let seen = false;
  let ensuring: Promise<void> | undefined;

  /** Concurrent callers share one attempt. */
  function ensured(): Promise<void> {
    ensuring ??= ensure().finally(() => {
      ensuring = undefined;
    });
    return ensuring;
  }

  async function ensure(): Promise<void> {
    const { made, diagnostics } = await ensureStream(connection.live().js, stream, seen);
    if (made && seen)
      onError(new Error(`stream ${STREAM} was gone, with all its events, and was created again`));
    seen = true;
    report(diagnostics);
  }

  function report(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics)
      if (diagnostic.level === 'error') onError(new Error(diagnostic.message));
      else onWarning(diagnostic);
  }

  async function openConsumer(name: string): Promise<OpenConsumer> {
    await ensured();
    const consumer = await ensureConsumer(connection.live().js, name);
    report(consumer.diagnostics);
    return consumer;
  }

  async function store({ subject, body }: Delivery): Promise<void> {
    const contentType = headers();
    contentType.set('content-type', CONTENT_TYPE);
    await connection.live().js.publish(subject, body, {
      // Of the whole body: another batch may begin with the same event.
      msgID: createHash('sha256').update(body).digest('base64url'),
      headers: contentType,
      timeout: publishTimeoutMs,
      expect: { streamName: STREAM },
    });
  }

  const detach = connection.attach(() => void ensured().catch(onError));
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
    async consume(name, handler) {
      if (connection.closed) throw new BusError('disconnected', 'the bus is closed');
      const open = () => openConsumer(name);
      const consumer = startConsumeLoop({ connection, open, handler, onError });
      consumers.add(consumer);
      return {
        async stop() {
          await consumer.stop();
          consumers.delete(consumer);
        },
      };
    },
    async close() {
      detach();
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
    },
  };
}
