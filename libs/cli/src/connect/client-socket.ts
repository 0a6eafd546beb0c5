import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Environment, WebSocketLike } from '@admit-one/client';
import { WebSocket } from 'ws';
import type { Narrator } from '../narrator.ts';
import type { Addresses } from './addresses.ts';
import type { Faults } from './faults.ts';
import { refusalFault, unreachableFault } from './server-fault.ts';

export interface ClientSocketOptions {
  readonly addresses: Addresses;
  readonly origin: string | undefined;
  readonly narrator: Narrator;
  readonly faults: Faults;
}

type Listener<Event> = ((event: Event) => void) | null;

interface End {
  readonly code: number;
  readonly reason: string;
}

const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Makes the client's `WebSocket` class out of that of `ws`. It tells what a browser's keeps to itself: a refused upgrade
 * ends with the HTTP status for a close code, and with the public code for a reason.
 */
export function clientSocketClass(options: ClientSocketOptions): Environment['WebSocket'] {
  const { addresses, origin, narrator, faults } = options;

  return class ClientSocket implements WebSocketLike {
    onopen: Listener<object> = null;
    onmessage: Listener<{ readonly data: unknown }> = null;
    onerror: Listener<object> = null;
    onclose: Listener<End> = null;
    binaryType = 'nodebuffer';
    readonly #socket: WebSocket;
    #refusal: End | undefined;
    #isWanted = true;

    constructor(url: string, protocols: string[]) {
      const settings = { closeTimeout: CLOSE_TIMEOUT_MS, perMessageDeflate: false };
      this.#socket = new WebSocket(url, protocols, { ...settings, ...(origin !== undefined && { origin }) })
        .on('open', () => this.#opened())
        .on('message', (data: Buffer, isBinary) =>
          this.onmessage?.({ data: isBinary ? data : data.toString() }),
        )
        .on('ping', () => narrator.detail('ping'))
        .on('unexpected-response', (_, response) => void this.#refused(response))
        .on('error', (error) => this.#failed(error))
        .on('close', (code, reason) => this.onclose?.(this.#refusal ?? { code, reason: reason.toString() }));
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
      if (this.#isWanted && !this.#refusal) faults.note(unreachableFault(addresses.base, error));
    }

    async #refused(response: IncomingMessage): Promise<void> {
      const { statusCode = 0, headers } = response;
      const body = await text(response).catch(() => '');
      if (!this.#isWanted) return;
      const fault = refusalFault(addresses.base.origin, statusCode, body);
      faults.note(fault);
      const reason = [fault.publicCode, headers['retry-after']].filter(Boolean).join(' ');
      this.#refusal = { code: statusCode, reason };
      this.#socket.terminate();
    }
  };
}
