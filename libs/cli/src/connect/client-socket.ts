import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Environment, WebSocketLike } from '@admit-one/client';
import { WebSocket } from 'ws';
import { rejectionError, unreachableError } from '../http/http-errors.ts';
import type { Progress } from '../terminal.ts';
import type { LastError, ServerUrls } from './server-requests.ts';

export interface ClientSocketOptions {
  readonly urls: ServerUrls;
  readonly origin: string | undefined;
  readonly progress: Progress;
  readonly lastError: LastError;
  /** Called for every message, also during the closing handshake, when a browser's `WebSocket` drops them. */
  readonly onMessage: (message: Buffer, isBinary: boolean) => void;
}

/** The connections of a client. */
export interface ClientSockets {
  /**
   * Unlike a browser's, it reports a rejected upgrade: the close code is the HTTP status, the reason the public code.
   */
  readonly WebSocket: Environment['WebSocket'];
  /** Resolves when the last connection is closed. */
  readonly lastClose: () => Promise<SocketClose>;
}

export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

type Listener<Event> = ((event: Event) => void) | null;

const CLOSE_TIMEOUT_MS = 5_000;
const NO_CONNECTION: SocketClose = { code: 1006, reason: '' };

/** A heartbeat begins with the name of its subprotocol. */
function isHeartbeat(text: string, protocol: string): boolean {
  return protocol === 'admit.v1.heartbeat' && text.startsWith(protocol);
}

/** Wraps `ws` as the client's `WebSocket`. */
export function createClientSockets(options: ClientSocketOptions): ClientSockets {
  const { urls, origin, progress, lastError, onMessage } = options;
  let lastClose = Promise.resolve(NO_CONNECTION);

  class ClientSocket implements WebSocketLike {
    onopen: Listener<object> = null;
    onmessage: Listener<{ readonly data: Buffer | string }> = null;
    onerror: unknown = null;
    onclose: Listener<SocketClose> = null;
    binaryType = 'nodebuffer';
    readonly #socket: WebSocket;
    #rejection: SocketClose | undefined;
    #isOpenWanted = true;

    constructor(url: string, protocols: string[]) {
      const settings = { closeTimeout: CLOSE_TIMEOUT_MS, perMessageDeflate: false };
      const socket = new WebSocket(url, protocols, { ...settings, ...(origin !== undefined && { origin }) });
      this.#socket = socket;
      socket.on('open', () => this.#opened());
      socket.on('message', (data: Buffer, isBinary) => this.#received(data, isBinary));
      socket.on('ping', () => progress.debug('ping'));
      socket.on('unexpected-response', (_, response) => void this.#rejected(response));
      socket.on('error', (error) => this.#failed(error));
      lastClose = new Promise((resolve) => {
        socket.on('close', (code, reason) => {
          const close = this.#rejection ?? { code, reason: reason.toString() };
          resolve(close);
          this.onclose?.(close);
        });
      });
    }

    get protocol(): string {
      return this.#socket.protocol;
    }

    get extensions(): string {
      return this.#socket.extensions;
    }

    get bufferedAmount(): number {
      return this.#socket.bufferedAmount;
    }

    send(data: string): void {
      this.#socket.send(data);
    }

    close(code?: number, reason?: string): void {
      this.#isOpenWanted = false;
      this.#socket.close(code, reason);
    }

    #opened(): void {
      lastError.current = undefined;
      const protocol = this.protocol === '' ? '' : `, protocol ${this.protocol}`;
      progress.info(`connected to ${urls.socket}${protocol}`);
      this.onopen?.({});
    }

    /** The client gets everything, as it counts answers to its heartbeats; these are not the application's. */
    #received(data: Buffer, isBinary: boolean): void {
      this.onmessage?.({ data: isBinary ? data : data.toString() });
      if (isBinary || !isHeartbeat(data.toString(), this.protocol)) onMessage(data, isBinary);
    }

    #failed(error: Error): void {
      if (this.#isOpenWanted && !this.#rejection) lastError.current = unreachableError(urls.base, error);
    }

    async #rejected(response: IncomingMessage): Promise<void> {
      const { statusCode = 0, headers } = response;
      const body = await text(response).catch(() => '');
      if (!this.#isOpenWanted) return;
      const rejection = rejectionError(urls.base.origin, statusCode, body);
      lastError.current = rejection;
      const reason = [rejection.publicCode, headers['retry-after']].filter(Boolean).join(' ');
      this.#rejection = { code: statusCode, reason };
      this.#socket.terminate();
    }
  }

  return { WebSocket: ClientSocket, lastClose: () => lastClose };
}
