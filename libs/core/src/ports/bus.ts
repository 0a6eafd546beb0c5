import { subjectOf } from '../events/catalogue.ts';
import { type EncodedEvent, encodeBatch, MAX_BATCH_BYTES } from '../events/encoded-event.ts';

/** One message of the durable stream, unchecked. */
export interface Delivery {
  readonly subject: string;
  readonly body: Uint8Array;
}

/** Work that runs until it is stopped. */
export interface Running {
  /** Resolves when the work in hand is done and no more will come. */
  stop(): Promise<void>;
}

/**
 * The durable event stream.
 *
 * - `publish` resolves when the batch is stored: it survives what the engine survives. A failure means unknown.
 * - `consume` delivers at least once, in any order across types, and again until the handler resolves; a rejection
 *   is a redelivery after a pause. A consumer continues where the last one under its name stopped.
 * - Nothing stored is discarded to make room: `publish` fails when the stream is full.
 *
 * @throws {BusError}
 */
export interface EventStream {
  /** @param events of one type, together at most 256 KiB */
  publish(events: readonly EncodedEvent[]): Promise<void>;
  consume(name: string, handler: (deliveries: readonly Delivery[]) => Promise<void>): Promise<Running>;
}

/**
 * Request and reply between services; bodies are JSON values.
 *
 * - One of the servers of a subject answers.
 * - `no_responders`: no server received the request. `timeout`: it may still be carried out.
 * - A handler that throws leaves the request unanswered.
 */
export interface RequestReply {
  /** @throws {BusError} `no_responders`, `timeout` or `disconnected` */
  request(subject: string, body: unknown, timeoutMs: number): Promise<unknown>;
  serve(subject: string, handler: (body: unknown) => Promise<unknown>): Promise<Running>;
}

/** A message between backends and connections. */
export interface Message {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** The subject that an answer goes to. */
  readonly reply: string | null;
}

/**
 * Plain publish and subscribe, at most once, in order per publisher and subject. `*` in a subscription stands for one
 * token of a subject and a last `>` for one or more.
 */
export interface Messages {
  /** @throws {BusError} `disconnected`, where the message would be dropped unseen */
  publish(message: Message): void;
  /** How many bytes of published messages this process still has to send. */
  backlogBytes(): number;
  /** Returns unsubscribe. A handler that throws loses that message only. */
  subscribe(subject: string, handler: (message: Message) => void): () => void;
}

/** The connection between services. */
export interface Bus {
  readonly events: EventStream;
  readonly requests: RequestReply;
  readonly messages: Messages;
  /** Whether the engine can be reached now. */
  readonly connected: boolean;
  close(): Promise<void>;
}

export type BusErrorCode = 'no_responders' | 'timeout' | 'disconnected' | 'full' | 'too_big';

export class BusError extends Error {
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BusError';
    this.code = code;
  }
}

/**
 * The message that a batch of events is sent as.
 * @throws {TypeError} where the events are not of one type, or there are none
 * @throws {BusError} `too_big`, above 256 KiB
 */
export function deliveryOf(events: readonly EncodedEvent[]): Delivery {
  const [first] = events;
  if (!first || events.some(({ type }) => type !== first.type))
    throw new TypeError('a batch has events of one type');
  const body = encodeBatch(events);
  if (body.byteLength > MAX_BATCH_BYTES)
    throw new BusError('too_big', `a batch of ${body.byteLength} bytes is above ${MAX_BATCH_BYTES}`);
  return { subject: subjectOf(first.type), body };
}
