import type { AdmitSocket, ClientStatus, WebSocketData } from './admit-socket.ts';
import type { WebSocketLike } from './environment.ts';
import type { Input, Machine, Phase } from './machine/machine.ts';
import type { ConnectOptions } from './options.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createSequence, type Sequence } from './sequence.ts';
import { applicationProtocol } from './upgrade.ts';

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

  readonly #sequence: Sequence;
  readonly #outgoing: Outgoing;
  #binaryType: BinaryType = 'blob';
  #shown = '';

  constructor(options: ConnectOptions) {
    super();
    for (const type of ['open', 'message', 'error', 'close'] as const)
      this.addEventListener(type, (event) => this[`on${type}`]?.(event as never));
    this.#outgoing = createOutgoing(options.bufferedBytes ?? 0, (detail) => this.#emit('refused', detail));
    this.#sequence = createSequence(options, {
      advanced: (before, input, after) => this.#follow(before, input, after),
      message: ({ data, origin }) => this.dispatchEvent(new MessageEvent('message', { data, origin })),
    });
    queueMicrotask(() => {
      if (this.state === 'idle') this.resume();
    });
  }

  get url(): string {
    return this.#sequence.socketUrl;
  }

  get state(): ClientStatus['state'] {
    return this.#machine.phase.state;
  }

  get reason(): ClientStatus['reason'] {
    return this.#machine.reason;
  }

  get ticketId(): string | null {
    return this.#machine.ticketId;
  }

  get nextRetryAt(): number | null {
    const { phase } = this.#machine;
    return phase.state === 'waiting' ? phase.until : null;
  }

  get readyState(): number {
    return readyStateOf(this.#machine.phase);
  }

  get protocol(): string {
    return applicationProtocol(this.#socket?.protocol);
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
    if (this.readyState < 2) this.#outgoing.send(data, this.#socket);
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason);
    this.#sequence.tell({ type: 'close' });
  }

  resume(): void {
    this.#sequence.tell({ type: 'resume' });
  }

  get #machine(): Machine {
    return this.#sequence.machine;
  }

  /** The connection, while it is open. */
  get #socket(): WebSocketLike | undefined {
    return this.readyState === 1 ? this.#sequence.socket : undefined;
  }

  #follow(before: Machine, input: Input, after: Machine): void {
    const { state, reason, nextRetryAt, ticketId } = this;
    const status: ClientStatus = { state, reason, nextRetryAt, ticketId };
    const shown = JSON.stringify(status);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#emit('statechange', status);
    }

    if (input.type === 'opened') {
      this.binaryType = this.#binaryType;
      this.dispatchEvent(new Event('open'));
      this.#outgoing.flush(this.#socket);
    }
    const [was, is] = [readyStateOf(before.phase), readyStateOf(after.phase)];
    if (is === 3) this.#outgoing.clear();
    if (was !== is && was !== 3 && is !== 1) this.#end(input, after);
  }

  /** A connection is lost, or there will be none. */
  #end(input: Input, { reason }: Machine): void {
    if (reason === 'MESSAGE_TOO_BIG') this.#outgoing.tooBig();
    const ending = endingOf(input);
    if (!ending.wasClean) this.dispatchEvent(new Event('error'));
    this.dispatchEvent(Object.assign(new Event('close'), ending));
  }

  #emit<Detail>(type: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function readyStateOf(phase: Phase): number {
  return phase.state === 'stopped' ? 3 : Number(phase.state === 'open');
}

/** What a `close` event says. No close frame at all is 1006, as it is for a `WebSocket`. */
function endingOf(input: Input) {
  if (input.type !== 'failed')
    return { code: input.type === 'close' ? 1000 : 1001, reason: '', wasClean: true };
  const { code, text } = input;
  const told = code < 1000 ? 1006 : code;
  return { code: told, reason: text, wasClean: told !== 1006 };
}
