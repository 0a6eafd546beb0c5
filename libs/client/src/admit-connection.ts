import type { AdmitCloseEvent, AdmitSocket, ClientStatus, WebSocketData } from './admit-socket.ts';
import { type Driver, drive } from './drive.ts';
import { endingOf } from './ending.ts';
import type { WebSocketLike } from './environment.ts';
import { platform } from './environment.ts';
import type { Input, Machine } from './machine/machine.ts';
import { applicationProtocol } from './open-socket.ts';
import type { ConnectOptions } from './options.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';

/** The `WebSocket` that an application holds; everything behind it is the driver's. */
export class AdmitConnection extends EventTarget implements AdmitSocket {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  onopen: AdmitSocket['onopen'] = null;
  onmessage: AdmitSocket['onmessage'] = null;
  onerror: AdmitSocket['onerror'] = null;
  onclose: AdmitSocket['onclose'] = null;

  readonly #driver: Driver;
  readonly #outgoing: Outgoing;
  #binaryType: BinaryType = 'blob';
  #ticketId: string | null = null;
  #shown = '';

  constructor(options: ConnectOptions) {
    super();
    for (const type of ['open', 'message', 'error', 'close'] as const)
      this.addEventListener(type, (event) => this[`on${type}`]?.(event as never));
    this.#outgoing = createOutgoing(options.bufferedBytes ?? 0, (detail) => this.#emit('refused', detail));
    this.#driver = drive(
      options,
      { ...platform(), ...options.environment },
      {
        advanced: (before, input, after) => this.#follow(before, input, after),
        message: ({ data, origin }) => {
          this.dispatchEvent(new MessageEvent('message', { data, origin }));
        },
      },
    );
    queueMicrotask(() => this.#driver.tell({ type: 'start' }));
  }

  get url(): string {
    return this.#driver.url;
  }

  get state(): ClientStatus['state'] {
    return this.#driver.machine().phase.state;
  }

  get reason(): ClientStatus['reason'] {
    return this.#driver.machine().reason;
  }

  get nextRetryAt(): number | null {
    const { phase } = this.#driver.machine();
    return phase.state === 'waiting' ? phase.until : null;
  }

  get ticketId(): string | null {
    return this.#ticketId;
  }

  get readyState(): number {
    const { phase } = this.#driver.machine();
    if (phase.state === 'open') return this.OPEN;
    if (phase.state !== 'stopped') return this.CONNECTING;
    return phase.closing ? this.CLOSING : this.CLOSED;
  }

  get protocol(): string {
    return this.#socket ? applicationProtocol(this.#socket) : '';
  }

  get extensions(): string {
    return this.#socket?.extensions ?? '';
  }

  get bufferedAmount(): number {
    return this.#outgoing.keptBytes() + (this.#socket?.bufferedAmount ?? 0);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type;
    if (this.#socket) this.#socket.binaryType = type;
  }

  send(data: WebSocketData): void {
    if (this.state !== 'stopped') this.#outgoing.send(data, this.#socket);
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason);
    this.#driver.tell({ type: 'close', code: code ?? 1000, text: reason ?? '' });
  }

  resume(): void {
    this.#driver.tell({ type: 'resume' });
  }

  /** The connection, while it is open. */
  get #socket(): WebSocketLike | null {
    return this.state === 'open' ? this.#driver.attempt().socket() : null;
  }

  #follow(before: Machine, input: Input, after: Machine): void {
    if (input.type === 'ticket') this.#ticketId = this.#driver.attempt().ticketId();
    if (input.type === 'opened' && this.#socket) this.#socket.binaryType = this.#binaryType;
    if (after.phase.state === 'stopped') this.#outgoing.clear();
    this.#emitStatus();
    if (input.type === 'opened') {
      this.dispatchEvent(new Event('open'));
      if (this.#socket) this.#outgoing.flush(this.#socket);
    }
    const ending = endingOf(before, input, after);
    if (!ending) return;
    if (after.reason === 'MESSAGE_TOO_BIG') this.#outgoing.tooBig();
    if (!ending.wasClean) this.dispatchEvent(new Event('error'));
    this.dispatchEvent(Object.assign(new Event('close'), ending) satisfies AdmitCloseEvent);
  }

  #emitStatus(): void {
    const { state, reason, nextRetryAt, ticketId } = this;
    const shown = [state, reason, nextRetryAt, ticketId].join();
    if (shown !== this.#shown) this.#emit('statechange', { state, reason, nextRetryAt, ticketId });
    this.#shown = shown;
  }

  #emit<Detail>(type: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
