import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Environment, WebSocketLike } from '@admit-one/client';
import { WebSocket } from 'ws';
import type { Narrator } from '../narrator.ts';
import type { Addresses } from './addresses.ts';
import type { ConnectErrors } from './connect-errors.ts';
import { rejectionError, unreachableError } from './server-fault.ts';

export interface ClientSocketOptions {
  readonly addresses: Addresses;
  readonly origin: string | undefined;
  readonly narrator: Narrator;
  readonly faults: ConnectErrors;
  /** Hears of every message, while a connection is being closed too: a browser's `WebSocket` keeps those to itself. */
  readonly onMessage: (message: Buffer, isBinary: boolean) => void;
}

/** The connections of a client. */
export interface ClientSockets {
  /**
   * Tells what a browser's keeps to itself: a refused upgrade ends with the HTTP status for a close code, and with the
   * public code for a reason.
   */
  readonly WebSocket: Environment['WebSocket'];
  /** Resolves when the closing handshake of the last one is over, with how it ended. */
  readonly lastEnd: () => Promise<SocketEnd>;
}

export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

type Listener<Event> = ((event: Event) => void) | null;

const CLOSE_TIMEOUT_MS = 5_000;
const NONE: SocketEnd = { code: 1006, reason: '' };

/** Makes the client's connections out of those of `ws`. */
export function createClientSockets(options: ClientSocketOptions): ClientSockets {
  const { addresses, origin, narrator, faults, onMessage } = options;
  let lastEnd = Promise.resolve(NONE);

  class ClientSocket implements WebSocketLike {
    onopen: Listener<object> = null;
    onmessage: unknown = null;
    onerror: unknown = null;
    onclose: Listener<SocketEnd> = null;
    binaryType = 'nodebuffer';
    readonly #socket: WebSocket;
    #refusal: SocketEnd | undefined;
    #isWanted = true;

    constructor(url: string, protocols: string[]) {
      const settings = { closeTimeout: CLOSE_TIMEOUT_MS, perMessageDeflate: false };
      const socket = new WebSocket(url, protocols, { ...settings, ...(origin !== undefined && { origin }) });
      this.#socket = socket;
      socket.on('open', () => this.#opened());
      socket.on('message', onMessage);
      socket.on('ping', () => narrator.detail('ping'));
      socket.on('unexpected-response', (_, response) => void this.#refused(response));
      socket.on('error', (error) => this.#failed(error));
      lastEnd = new Promise((resolve) => {
        socket.on('close', (code, reason) => {
          const end = this.#refusal ?? { code, reason: reason.toString() };
          resolve(end);
          this.onclose?.(end);
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
      this.#isWanted = false;
      this.#socket.close(code, reason);
    }

    #opened(): void {
      faults.clear();
      const protocol = this.protocol === '' ? '' : `, protocol ${this.protocol}`;
      narrator.say(`connected to ${addresses.socket}${protocol}`);
      this.onopen?.({});
    }

    #failed(error: Error): void {
      if (this.#isWanted && !this.#refusal) faults.note(unreachableError(addresses.base, error));
    }

    async #refused(response: IncomingMessage): Promise<void> {
      const { statusCode = 0, headers } = response;
      const body = await text(response).catch(() => '');
      if (!this.#isWanted) return;
      const fault = rejectionError(addresses.base.origin, statusCode, body);
      faults.note(fault);
      const reason = [fault.publicCode, headers['retry-after']].filter(Boolean).join(' ');
      this.#refusal = { code: statusCode, reason };
      this.#socket.terminate();
    }
  }

  return { WebSocket: ClientSocket, lastEnd: () => lastEnd };
}
