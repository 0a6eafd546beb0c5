import type { WebSocketData } from '../admit-socket.ts';
import type { WebSocketLike } from '../environment.ts';
import type { PublicCode } from '../public-codes.ts';
import { rejectionCodes } from '../refusals.ts';

/** The server's end of a connection. */
export interface TestConnection {
  /** Where the client connected to; with the ticket, where that is in the query. */
  readonly url: string;
  /** The application's own subprotocols that the client offered. */
  readonly protocols: readonly string[];
  /** All that the client has sent so far. */
  readonly received: readonly WebSocketData[];
  /** How the connection ended; null while it is open. */
  readonly closeInfo: { readonly code: number; readonly reason: string } | null;
  /** Sends a message to the client. */
  send(data: string | ArrayBuffer | Blob): void;
  /** The next message of the client, or one that came and that nobody has asked for yet. */
  next(): Promise<WebSocketData>;
  /** Ends the connection with a close frame. */
  close(code?: number, reason?: string): void;
  /**
   * Ends the connection as the server does for a reason of its table, such as `RESTARTING`.
   * @throws {RangeError} where the server never ends one for that reason
   */
  closeWith(code: PublicCode, options?: { readonly retryAfterSeconds?: number }): void;
  /** Ends the connection without a close frame (1006), as a network does. */
  drop(): void;
}

/** The client's end: as much of a `WebSocket` as the client uses. Its events come in a later turn, as real ones do. */
export class TestWebSocket implements WebSocketLike {
  readonly extensions = '';
  readonly bufferedAmount = 0;
  protocol = '';
  /** What was presented; undefined where a JWT was, which may come again. */
  readonly ticket: string | undefined;
  binaryType = 'blob';
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: object) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  /** The other end. */
  readonly peer: TestConnection;
  readonly #received: WebSocketData[] = [];
  readonly #unread: WebSocketData[] = [];
  readonly #readers: ((data: WebSocketData) => void)[] = [];
  #ending: TestConnection['closeInfo'] = null;

  constructor(url: string, protocols: readonly string[]) {
    const ending = () => this.#ending;
    const inQuery = new URL(url).searchParams.get('ticket') ?? undefined;
    this.ticket = protocols.find((protocol) => protocol.startsWith('ticket.'))?.slice(7) ?? inQuery;
    this.peer = {
      url,
      protocols: protocols.filter((protocol) => !/^(admit\.v1$|ticket\.|jwt\.)/.test(protocol)),
      received: this.#received,
      get closeInfo() {
        return ending();
      },
      send: (data) => queueMicrotask(() => this.#deliver(data)),
      next: () => this.#next(),
      close: (code = 1005, reason = '') => this.#end(code, reason),
      closeWith: (code, options) => this.#refuse(code, options?.retryAfterSeconds),
      drop: () => this.#end(1006, ''),
    };
  }

  /** The upgrade has succeeded. */
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
    if (!this.#ending) this.onmessage?.({ data, origin: new URL(this.peer.url).origin });
  }

  #next(): Promise<WebSocketData> {
    const data = this.#unread.shift();
    return data === undefined ? new Promise((resolve) => this.#readers.push(resolve)) : Promise.resolve(data);
  }

  #refuse(code: PublicCode, retryAfterSeconds?: number): void {
    const { close } = rejectionCodes[code];
    if (close === null) throw new RangeError(`${code} never ends a connection`);
    this.#end(close, retryAfterSeconds === undefined ? code : `${code} ${retryAfterSeconds}`);
  }

  #end(code: number, reason: string): void {
    if (this.#ending) return;
    this.#ending = { code, reason: code === 1006 ? '' : reason };
    queueMicrotask(() => {
      if (code === 1006) this.onerror?.({});
      this.onclose?.({ ...this.#ending, wasClean: code !== 1006 });
    });
  }
}
