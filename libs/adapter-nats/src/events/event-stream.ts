import { createHash } from 'node:crypto';
import {
  BusError,
  batchesOf,
  type Diagnostic,
  type EncodedEvent,
  type EventStream,
  MAX_BATCH_BYTES,
  type Publication,
  publicationOf,
  type Running,
} from '@admit-one/core';
import { headers } from '@nats-io/nats-core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { isNoResponders, toBusError } from '../errors.ts';
import { CONTENT_ENCODING, compressBody, DEFLATE } from './body-encoding.ts';
import { startConsumeLoop } from './consume-loop.ts';
import { ensureConsumer, type OpenConsumer } from './consumer.ts';
import { pendingMessages } from './pending-messages.ts';
import { ensureStream } from './stream.ts';
import { STREAM, type StreamSettings } from './stream-config.ts';
import { watchStreamLevel } from './stream-level.ts';
import { trimStream } from './trim-stream.ts';

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
  readonly onDiagnostic: (diagnostic: Diagnostic) => void;
}

const RECREATED: Diagnostic = {
  level: 'error',
  message: `the event stream ${STREAM} was gone, with all its events, and was created again`,
  remedy: 'find out who deleted it; npx @admit-one/cli audit completeness says what the audit log lacks',
};

/** Room for the headers of a message, which count as payload. */
const HEADERS_BYTES = 512;
/** 96 bits: the stream knows an id for two minutes. */
const MESSAGE_ID_CHARS = 16;

/** An event stream on JetStream. The stream is created, or its settings are checked, on connect. */
export async function createEventStream(options: NatsEventStreamOptions): Promise<NatsEventStream> {
  const { connection, stream, publishTimeoutMs, onError, onDiagnostic } = options;
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
    report(made && seen ? [RECREATED, ...diagnostics] : diagnostics);
    seen = true;
  }

  function report(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) onDiagnostic(diagnostic);
  }

  async function openConsumer(name: string): Promise<OpenConsumer> {
    await ensured();
    const consumer = await ensureConsumer(connection.live().js, name);
    report(consumer.diagnostics);
    return consumer;
  }

  /** The most bytes of a message's body that the server takes. */
  function maxBodyBytes(): number {
    const maxPayload = connection.live().nc.info?.max_payload ?? MAX_BATCH_BYTES;
    return Math.min(MAX_BATCH_BYTES, maxPayload - HEADERS_BYTES);
  }

  /** @throws {BusError} `too_big` where an event alone is above what the server takes */
  function messagesOf(events: readonly EncodedEvent[]): readonly Publication[] {
    const whole = publicationOf(events);
    const most = maxBodyBytes();
    if (whole.body.byteLength <= most) return [whole];
    const messages = batchesOf(events, most).map(publicationOf);
    const largest = Math.max(...messages.map(({ body }) => body.byteLength));
    if (largest > most)
      throw new BusError(
        'too_big',
        `an event of ${largest} bytes is above the ${most} that max_payload of NATS leaves`,
      );
    return messages;
  }

  async function store({ subject, body }: Publication): Promise<void> {
    const compressed = compressBody(body);
    const encoding = headers();
    encoding.set(CONTENT_ENCODING, DEFLATE);
    await connection.live().js.publish(subject, compressed, {
      // Of the whole body: another batch may begin with the same event.
      msgID: createHash('sha256').update(compressed).digest('base64url').slice(0, MESSAGE_ID_CHARS),
      headers: encoding,
      timeout: publishTimeoutMs,
      expect: { streamName: STREAM },
    });
  }

  async function storeInStream(message: Publication): Promise<void> {
    try {
      await store(message).catch(async (error: unknown) => {
        if (!isNoResponders(error)) throw error;
        await ensured();
        await store(message);
      });
    } catch (error) {
      const failure = toBusError(error, `publishing to ${message.subject}`);
      if (failure.code === 'full') level.refresh();
      throw failure;
    }
  }

  const level = watchStreamLevel(connection);
  const detach = connection.attach(() => void ensured().catch(onError));
  await ensuring?.catch(() => {});

  return {
    async publish(events) {
      await Promise.all(messagesOf(events).map(storeInStream));
    },
    async trim(consumer, keepMs) {
      if ((await trimStream(connection.live().js, consumer, keepMs)) > 0) level.refresh();
    },
    pending: async (consumer) => pendingMessages(connection.live().js, consumer),
    get fillRatio() {
      return level.fillRatio;
    },
    async consume(name, handler) {
      if (connection.closed) throw new BusError('disconnected', 'the bus is closed');
      const open = () => openConsumer(name);
      const consumer = startConsumeLoop({ connection, open, level, handler, onError });
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
      level.stop();
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
    },
  };
}
