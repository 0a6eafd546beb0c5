import type { PublicCode } from './public-codes.ts';

/**
 * - `idle`: nothing has begun
 * - `authenticating`: the token or the ticket is being asked for
 * - `connecting`: the upgrade is under way
 * - `open`: connected
 * - `waiting`: the next attempt begins by itself, at `nextRetryAt` or when the network or the page is back
 * - `stopped`: nothing begins until `resume()`; but a page that is shown again after a minute tries a policy once more
 */
export type ClientState = 'idle' | 'authenticating' | 'connecting' | 'open' | 'waiting' | 'stopped';

/**
 * Why the last attempt or connection ended: the server's public code, or what the client alone knows.
 * - `SIGNED_OUT`: there is no token
 * - `OFFLINE`: the browser says that there is no network
 * - `NETWORK`: nothing answered, or the connection broke
 * - `TIMEOUT`: a step took longer than its time limit
 * - `HTTP`: an answer that is none of Admit One's, such as a proxy's
 * - `HIDDEN`: the page was frozen or put away
 * - `CLOSED`: either side closed the connection, without a reason of Admit One's
 *
 * Or any other word in capitals that a server gave: a newer one, or the application's own.
 */
export type ClientReason =
  | PublicCode
  | 'SIGNED_OUT'
  | 'OFFLINE'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'HTTP'
  | 'HIDDEN'
  | 'CLOSED'
  | (string & {});

/** What a user interface shows. */
export interface ClientStatus {
  readonly state: ClientState;
  /** Why it is not open, or why the connection before this one ended; null before anything has. */
  readonly reason: ClientReason | null;
  /** When the next attempt begins, in Unix milliseconds; null where none is due. */
  readonly nextRetryAt: number | null;
  /** The support code of the last ticket, which is no secret; null where none is known. */
  readonly ticketId: string | null;
}

/** A message that is not sent, since it is at least as big as one that the server refused (`MESSAGE_TOO_BIG`). */
export interface RejectedMessage {
  readonly bytes: number;
  /** The message itself, where `send` was kept from sending it; undefined where the server refused it. */
  readonly data: WebSocketData | undefined;
}

export type WebSocketData = string | ArrayBufferLike | ArrayBufferView<ArrayBufferLike> | Blob;

export interface AdmitCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

export interface AdmitSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: Event;
  close: AdmitCloseEvent;
  statechange: CustomEvent<ClientStatus>;
  rejected: CustomEvent<RejectedMessage>;
}

type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void } | null;

/**
 * A `WebSocket` by its looks, behind which connections come and go.
 *
 * - `open` at every connection, first or not.
 * - `close` when an open connection is lost, or the object stops; attempts that fail in between are state changes only.
 * - `statechange` at each change of state.
 * - `refused` when a message was too big for the server, or is not sent because an equally big one was.
 */
export interface AdmitSocket extends ClientStatus, EventTarget {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  readonly url: string;
  /** 0 until and between connections, 1 while open, 3 once stopped; never 2, since nothing waits for a close. */
  readonly readyState: 0 | 1 | 2 | 3;
  /** The application's subprotocol that the server chose; empty where it offered none. */
  readonly protocol: string;
  readonly extensions: string;
  /** Bytes that `send` has taken and the network has not. */
  readonly bufferedAmount: number;
  binaryType: BinaryType;
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onerror: ((event: Event) => unknown) | null;
  onclose: ((event: AdmitCloseEvent) => unknown) | null;

  /** @throws {DOMException} `InvalidStateError` where there is no connection and the message does not fit the buffer */
  send(data: WebSocketData): void;
  /**
   * Closes the connection and ends all attempts, until `resume()`. The object is closed at once, with one `close` event;
   * the peer's answer to the close frame is waited for by nobody.
   */
  close(code?: number, reason?: string): void;
  /**
   * Begins an attempt now, and forgets the failures of before: out of a stop, after a log-in, or instead of waiting.
   * Nothing happens while it is open or on its way. At most 30 attempts begin within a minute, whoever asks for them.
   */
  resume(): void;

  addEventListener<Type extends keyof AdmitSocketEventMap>(
    type: Type,
    listener: Listener<AdmitSocketEventMap[Type]>,
    options?: AddEventListenerOptions | boolean,
  ): void;
  addEventListener(
    type: string,
    listener: Listener<Event>,
    options?: AddEventListenerOptions | boolean,
  ): void;
  removeEventListener<Type extends keyof AdmitSocketEventMap>(
    type: Type,
    listener: Listener<AdmitSocketEventMap[Type]>,
    options?: EventListenerOptions | boolean,
  ): void;
  removeEventListener(
    type: string,
    listener: Listener<Event>,
    options?: EventListenerOptions | boolean,
  ): void;
}
