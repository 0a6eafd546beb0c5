import type { PublicCode } from './public-codes.ts';

/**
 * - `idle`: not started
 * - `authenticating`: waiting for the token or the ticket
 * - `connecting`: the upgrade is in progress
 * - `open`: connected
 * - `waiting`: the next attempt starts automatically, at `nextRetryAt` or when the network or the page is back
 * - `stopped`: no automatic attempts until `resume()`. Exception: after a rejection, a page that is shown again after
 *   a minute tries once
 */
export type ClientState = 'idle' | 'authenticating' | 'connecting' | 'open' | 'waiting' | 'stopped';

/**
 * Why the last attempt or connection ended: the server's public code, or a reason of the client itself.
 * - `SIGNED_OUT`: `getToken` or `getTicket` returned null
 * - `OFFLINE`: the browser reports no network; an attempt starts when it reports one, or after 30 s
 * - `NETWORK`: no response, or the connection was lost
 * - `TIMEOUT`: a step took longer than `timeoutMs`
 * - `HTTP`: an HTTP response without a public code, such as a proxy's
 * - `HIDDEN`: the page was frozen or put into the back/forward cache
 * - `CLOSED`: either side closed the connection without a public code
 *
 * Codes of newer servers and the application's own close reasons are passed on, if they are words in capitals.
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

/** The state of a client, for a user interface. */
export interface ClientStatus {
  readonly state: ClientState;
  /** Why the last attempt or connection ended; null while open and before the first failure. */
  readonly reason: ClientReason | null;
  /** What `getToken`, `getTicket` or `fetch` has thrown, where that ended the last attempt; it is retried. */
  readonly error?: unknown;
  /** When the next attempt starts, in Unix milliseconds; null if none is scheduled. */
  readonly nextRetryAt: number | null;
  /** The id of the last ticket, a support code and not a secret; null if unknown. */
  readonly ticketId: string | null;
}

/** A message that the server rejected with `MESSAGE_TOO_BIG`, or one of at least that size, which is not sent. */
export interface RejectedMessage {
  readonly bytes: number;
  /** The message, if `send` did not send it; undefined if the server rejected it. */
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
 * Has the interface of a `WebSocket`, and reconnects. Events:
 *
 * - `open` fires at each connection, the first and every later one.
 * - `close` fires when an open connection ends or the object stops. Failed attempts in between are state changes only.
 * - `statechange` fires at each change of the status.
 * - `rejected` fires when the server rejects a message as too big, and when one of that size is not sent.
 */
export interface AdmitSocket extends ClientStatus, EventTarget {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  readonly url: string;
  /** 0 before and between connections, 1 while open, 3 when stopped. Never 2: `close()` takes effect at once. */
  readonly readyState: 0 | 1 | 2 | 3;
  /** The application's subprotocol that the server selected; empty if none. */
  readonly protocol: string;
  readonly extensions: string;
  /** Bytes accepted by `send` that are not yet on the network. */
  readonly bufferedAmount: number;
  binaryType: BinaryType;
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onerror: ((event: Event) => unknown) | null;
  onclose: ((event: AdmitCloseEvent) => unknown) | null;

  /** @throws {DOMException} `InvalidStateError` if there is no connection and the message does not fit `bufferedBytes` */
  send(data: WebSocketData): void;
  /**
   * Closes the connection and stops all attempts until `resume()`. Fires `close` at once, without waiting for the
   * closing handshake.
   */
  close(code?: number, reason?: string): void;
  /**
   * Starts an attempt now and resets the backoff: after a stop, after a log-in, or instead of waiting. Does nothing
   * while open or connecting. At most 30 attempts start within a minute, including those that `resume()` starts.
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
