import type { AdmitSocket, ClientStatus, WebSocketData } from './admit-socket.ts';
import { createConnectionLoop } from './connection-loop.ts';
import type { WebSocketLike } from './environment.ts';
import type { Input, Machine } from './machine/machine.ts';
import type { ConnectOptions } from './options.ts';
import { createSendBuffer, type SendBuffer } from './send-buffer.ts';
import type { ConnectionLoop } from './types.ts';

/** The `AdmitSocket` of an application: translates transitions of the connection loop into `WebSocket` events. */
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
  error: unknown;
  nextRetryAt: number | null = null;
  ticketId: string | null = null;
  readyState: AdmitSocket['readyState'] = 0;
  readonly url: string;

  readonly #loop: ConnectionLoop;
  readonly #sendBuffer: SendBuffer;
  #binaryType: BinaryType = 'blob';

  constructor(options: ConnectOptions) {
    super();
    for (const type of ['open', 'message', 'error', 'close'] as const)
      this.addEventListener(type, (event) => this[`on${type}`]?.(event as never));
    this.#sendBuffer = createSendBuffer(options.bufferedBytes ?? 0, (detail) =>
      this.#emit('rejected', detail),
    );
    this.#loop = createConnectionLoop(
      options,
      (before, input, after) => this.#onTransition(before, input, after),
      (event) => this.dispatchEvent(new MessageEvent('message', event)),
    );
    this.url = this.#loop.socketUrl;
    queueMicrotask(() => this.state === 'idle' && this.resume());
  }

  get protocol(): string {
    return this.#socket?.protocol.replace(/^admit\.v1.*/, '') ?? '';
  }

  get extensions(): string {
    return this.#socket?.extensions ?? '';
  }

  get bufferedAmount(): number {
    return this.#sendBuffer.bufferedBytes() + (this.#socket?.bufferedAmount ?? 0);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type;
    if (this.#socket) this.#socket.binaryType = type;
  }

  send(data: WebSocketData): void {
    if (this.readyState < 2) this.#sendBuffer.send(data, this.#socket);
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason);
    this.#loop.dispatch({ type: 'close' });
  }

  resume(): void {
    this.#loop.dispatch({ type: 'resume' });
  }

  /** The socket while it is open. */
  get #socket(): WebSocketLike | undefined {
    return this.readyState === 1 ? this.#loop.socket : undefined;
  }

  #onTransition(before: Machine, input: Input, after: Machine): void {
    const previous = this.readyState;
    const status = statusOf(after);
    const next = status.state === 'open' ? 1 : status.state === 'stopped' ? 3 : 0;
    const { error } = after;
    Object.assign(this, status, { readyState: next, error });
    if (JSON.stringify(status) !== JSON.stringify(statusOf(before)))
      this.#emit('statechange', { ...status, error });
    if (input.type === 'opened' && this.#socket) {
      this.binaryType = this.#binaryType;
      this.#sendBuffer.flush(this.#socket);
      this.dispatchEvent(new Event('open'));
    }
    if (previous !== next && previous < 3 && next !== 1) this.#end(input, after);
  }

  /** The connection was lost, or the socket stops without one. */
  #end(input: Input, { reason }: Machine): void {
    if (reason === 'MESSAGE_TOO_BIG') this.#sendBuffer.onTooBig();
    if (this.readyState === 3) this.#sendBuffer.flush(undefined);
    const closeInfo = closeInfoOf(input);
    if (!closeInfo.wasClean) this.dispatchEvent(new Event('error'));
    this.dispatchEvent(Object.assign(new Event('close'), closeInfo));
  }

  #emit<Detail>(type: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function statusOf({ phase, reason, ticketId }: Machine): ClientStatus {
  const { state } = phase;
  return { state, reason, nextRetryAt: 'until' in phase ? phase.until : null, ticketId };
}

/** The fields of a `close` event. As for a `WebSocket`, 1006 means that there was no close frame. */
function closeInfoOf(input: Input) {
  const { code, text: reason } = input.type === 'failed' ? input : { code: 1000, text: '' };
  const wasClean = code >= 1000 && code !== 1006;
  return { code: wasClean ? code : 1006, reason, wasClean };
}
