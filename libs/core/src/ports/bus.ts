import { subjectOf } from '../events/catalogue.ts';
import { type EncodedEvent, encodeBatch, MAX_BATCH_BYTES } from '../events/encoded-event.ts';

/** A message for the durable stream. */
export interface Publication {
  readonly subject: string;
  readonly body: Uint8Array;
}

/** Where a message is in the durable stream. */
export interface DeliveryPosition {
  /** Names this stream, as opposed to one that is created later under the same name. */
  readonly stream: string;
  /** Grows by one from message to message. */
  readonly sequence: number;
  /** The first sequence that the stream still had when it was last looked at: those before it come no more. */
  readonly first: number;
}

/** One message of the durable stream, unchecked. */
export interface Delivery extends Publication {
  readonly position: DeliveryPosition;
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
 *   is a redelivery after a pause, and for the handler to report. A consumer continues where the last one under its name stopped.
 * - Nothing stored is discarded to make room: `publish` fails when the stream is full. Only `trim` removes events.
 *
 * @throws {BusError}
 */
export interface EventStream {
  /** How much of the stream is used, from 0 to 1, as last seen. */
  readonly fillRatio: number;
  /**
   * @param events of one type, together at most 256 KiB. Sent as as many messages as the engine needs.
   * @throws {BusError} `too_big`, with nothing published, if one of them is too big for the engine
   */
  publish(events: readonly EncodedEvent[]): Promise<void>;
  /**
   * Removes events that the consumer has acknowledged. Keeps those of the last `keepMs`, as long as they take less than a
   * quarter of the stream. Never removes an event that the consumer has not acknowledged.
   */
  trim(consumer: string, keepMs: number): Promise<void>;
  /** How many messages the consumer has not acknowledged; all, before there is such a consumer. @throws {BusError} */
  pending(consumer: string): Promise<number>;
  consume(name: string, handler: (deliveries: readonly Delivery[]) => Promise<void>): Promise<Running>;
}

/** Where the durable stream begins and ends. */
export interface StreamExtent {
  /** As `DeliveryPosition` names it. */
  readonly stream: string;
  /** The first message that it has. */
  readonly first: number;
  /** The last one; below the first where it is empty. */
  readonly last: number;
}

/** Reads the durable stream from any message on, beside its consumers. */
export interface StreamReader {
  extent(): Promise<StreamExtent>;
  /**
   * Hands every message to the handler, in order, from a sequence up to the last one that there was at the call. Resolves
   * with that.
   * @throws {BusError} also where the stream has dropped some of them
   * @throws the handler's error, or the signal's reason
   */
  read(
    from: number,
    handler: (deliveries: readonly Delivery[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<number>;
}

/**
 * Request and reply between services; bodies are JSON values.
 *
 * - One of the servers of a subject answers.
 * - `no_responders`: no server received the request. `timeout`: it may still be carried out.
 * - A handler that throws leaves the request unanswered.
 */
export interface RequestReply {
  /** @throws {BusError} `no_responders`, `timeout`, `disconnected`, or `too_big` where the request or its reply is */
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

/** The consumer of the audit-service. What it has acknowledged is in the audit log. */
export const AUDIT_CONSUMER = 'audit';

/** The fill ratio of the stream above which rejections are folded: the rest is for the events of admissions. */
export const REJECTIONS_SHARE = 0.5;

/** The connection between services. */
export interface Bus {
  readonly events: EventStream;
  readonly requests: RequestReply;
  readonly messages: Messages;
  /** Whether other processes may be on it. */
  readonly shared: boolean;
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
export function publicationOf(events: readonly EncodedEvent[]): Publication {
  const [first] = events;
  if (!first || events.some(({ type }) => type !== first.type))
    throw new TypeError('a batch has events of one type');
  const body = encodeBatch(events);
  if (body.byteLength > MAX_BATCH_BYTES)
    throw new BusError('too_big', `a batch of ${body.byteLength} bytes is above ${MAX_BATCH_BYTES}`);
  return { subject: subjectOf(first.type), body };
}
