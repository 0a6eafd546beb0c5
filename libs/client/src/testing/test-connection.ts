import type { WebSocketData } from '../admit-socket.ts';
import type { WebSocketLike } from '../environment.ts';
import { type PublicCode, rejectionCodes } from '../public-codes.ts';

/** The server's end of a connection. */
export interface TestConnection {
  /** The URL of the upgrade, with the ticket if `carrier` is `query`. */
  readonly url: string;
  /** The application's subprotocols that the client offered. */
  readonly protocols: readonly string[];
  /** All messages of the client so far. */
  readonly received: readonly WebSocketData[];
  /** Close code and reason; null while open. */
  readonly closeInfo: { readonly code: number; readonly reason: string } | null;
  /** Sends a message to the client. */
  send(data: string | ArrayBuffer | Blob): void;
  /** Resolves to the oldest message of the client not returned before, or to the next one. */
  next(): Promise<WebSocketData>;
  /** Closes the connection with a close frame. */
  close(code?: number, reason?: string): void;
  /**
   * Closes the connection with a public code, such as `RESTARTING`.
   * @throws {RangeError} if the server never closes a connection with that code
   */
  closeWith(code: PublicCode, options?: { readonly retryAfterSeconds?: number }): void;
  /** Ends the connection without a close frame (1006), as a network failure does. */
  drop(): void;
}

/** The client's end. Like a real `WebSocket`, it fires events asynchronously. */
export class TestWebSocket implements WebSocketLike {
  readonly extensions = '';
  readonly bufferedAmount = 0;
  protocol = '';
  /** The presented ticket; undefined if a JWT was presented. */
  readonly ticket: string | undefined;
  binaryType = 'blob';
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: object) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  /** The server's end. */
  readonly peer: TestConnection;
  readonly #received: WebSocketData[] = [];
  readonly #unread: WebSocketData[] = [];
  readonly #readers: ((data: WebSocketData) => void)[] = [];
  #closeInfo: TestConnection['closeInfo'] = null;

  constructor(url: string, protocols: readonly string[]) {
    const closeInfo = () => this.#closeInfo;
    const inQuery = new URL(url).searchParams.get('ticket') ?? undefined;
    this.ticket = protocols.find((protocol) => protocol.startsWith('ticket.'))?.slice(7) ?? inQuery;
    this.peer = {
      url,
      protocols: protocols.filter((protocol) => !/^(admit\.v1(\.heartbeat)?$|ticket\.|jwt\.)/.test(protocol)),
      received: this.#received,
      get closeInfo() {
        return closeInfo();
      },
      send: (data) => queueMicrotask(() => this.#deliver(data)),
      next: () => this.#next(),
      close: (code = 1005, reason = '') => this.#end(code, reason),
      closeWith: (code, options) => this.#closeWith(code, options?.retryAfterSeconds),
      drop: () => this.#end(1006, ''),
    };
  }

  /** Completes the upgrade. */
  open(): void {
    this.protocol = this.peer.protocols[0] ?? 'admit.v1';
    this.onopen?.({});
  }

  send(data: never): void {
    this.#received.push(data);
    const reader = this.#readers.shift();
    if (reader) reader(data);
    else this.#unread.push(data);
  }

  close(code = 1005, reason = ''): void {
    this.#end(code, reason);
  }

  #deliver(data: unknown): void {
    if (!this.#closeInfo) this.onmessage?.({ data, origin: new URL(this.peer.url).origin });
  }

  #next(): Promise<WebSocketData> {
    const data = this.#unread.shift();
    return data === undefined ? new Promise((resolve) => this.#readers.push(resolve)) : Promise.resolve(data);
  }

  #closeWith(code: PublicCode, retryAfterSeconds?: number): void {
    const { close } = rejectionCodes[code];
    if (close === null) throw new RangeError(`${code} never closes a connection`);
    this.#end(close, retryAfterSeconds === undefined ? code : `${code} ${retryAfterSeconds}`);
  }

  #end(code: number, reason: string): void {
    if (this.#closeInfo) return;
    this.#closeInfo = { code, reason: code === 1006 ? '' : reason };
    queueMicrotask(() => {
      if (code === 1006) this.onerror?.({});
      this.onclose?.({ ...this.#closeInfo, wasClean: code !== 1006 });
    });
  }
}
