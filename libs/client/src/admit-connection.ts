import type { AdmitSocket, ClientStatus, WebSocketData } from './admit-socket.ts';
import { type ConnectionLoop, createConnectionLoop } from './connection-loop.ts';
import type { WebSocketLike } from './environment.ts';
import type { Input, Machine } from './machine/machine.ts';
import type { ConnectOptions } from './options.ts';
import { createSendBuffer, type SendBuffer } from './send-buffer.ts';
import { ADMIT_PROTOCOL } from './upgrade.ts';

/** The `WebSocket` that an application holds; everything behind it is the sequence's. */
export class AdmitConnection extends EventTarget implements AdmitSocket {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  onopen: AdmitSocket['onopen'] = null;
  onmessage: AdmitSocket['onmessage'] = null;
  onerror: AdmitSocket['onerror'] = null;
  onclose: AdmitSocket['onclose'] = null;
  state: ClientStatus['state'] = 'idle';
  reason: ClientStatus['reason'] = null;
  nextRetryAt: number | null = null;
  ticketId: string | null = null;
  readyState: AdmitSocket['readyState'] = 0;
  readonly url: string;

  readonly #sequence: ConnectionLoop;
  readonly #outgoing: SendBuffer;
  #binaryType: BinaryType = 'blob';

  constructor(options: ConnectOptions) {
    super();
    for (const type of ['open', 'message', 'error', 'close'] as const)
      this.addEventListener(type, (event) => this[`on${type}`]?.(event as never));
    this.#outgoing = createSendBuffer(options.bufferedBytes ?? 0, (detail) => this.#emit('rejected', detail));
    this.#sequence = createConnectionLoop(
      options,
      (before, input, after) => this.#follow(before, input, after),
      (event) => this.dispatchEvent(new MessageEvent('message', event)),
    );
    this.url = this.#sequence.socketUrl;
    queueMicrotask(() => this.state === 'idle' && this.resume());
  }

  get protocol(): string {
    return this.#socket?.protocol.replace(ADMIT_PROTOCOL, '') ?? '';
  }

  get extensions(): string {
    return this.#socket?.extensions ?? '';
  }

  get bufferedAmount(): number {
    return this.#outgoing.bufferedBytes() + (this.#socket?.bufferedAmount ?? 0);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type;
    if (this.#socket) this.#socket.binaryType = type;
  }

  send(data: WebSocketData): void {
    if (this.readyState < 2) this.#outgoing.send(data, this.#socket);
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason);
    this.#sequence.dispatch({ type: 'close' });
  }

  resume(): void {
    this.#sequence.dispatch({ type: 'resume' });
  }

  /** The connection, while it is open. */
  get #socket(): WebSocketLike | undefined {
    return this.readyState === 1 ? this.#sequence.socket : undefined;
  }

  #follow(before: Machine, input: Input, after: Machine): void {
    const was = this.readyState;
    const status = statusOf(after);
    const is = status.state === 'open' ? 1 : status.state === 'stopped' ? 3 : 0;
    Object.assign(this, status, { readyState: is });
    if (JSON.stringify(status) !== JSON.stringify(statusOf(before))) this.#emit('statechange', status);
    if (input.type === 'opened' && this.#socket) {
      this.binaryType = this.#binaryType;
      this.#outgoing.flush(this.#socket);
      this.dispatchEvent(new Event('open'));
    }
    if (was !== is && was < 3 && is !== 1) this.#end(input, after);
  }

  /** A connection is lost, or there will be none. */
  #end(input: Input, { reason }: Machine): void {
    if (reason === 'MESSAGE_TOO_BIG') this.#outgoing.onTooBig();
    if (this.readyState === 3) this.#outgoing.flush(undefined);
    const ending = endingOf(input);
    if (!ending.wasClean) this.dispatchEvent(new Event('error'));
    this.dispatchEvent(Object.assign(new Event('close'), ending));
  }

  #emit<Detail>(type: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function statusOf({ phase, reason, ticketId }: Machine): ClientStatus {
  const { state } = phase;
  return { state, reason, nextRetryAt: 'until' in phase ? phase.until : null, ticketId };
}

/** What a `close` event says. No close frame at all is 1006, as it is for a `WebSocket`. */
function endingOf(input: Input) {
  const { code, text: reason } = input.type === 'failed' ? input : { code: 1000, text: '' };
  const wasClean = code >= 1000 && code !== 1006;
  return { code: wasClean ? code : 1006, reason, wasClean };
}
