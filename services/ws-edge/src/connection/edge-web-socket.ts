import { closeOf } from '@admit-one/gate';
import { WebSocket } from 'ws';

/** Takes what happens to a WebSocket. */
export interface WebSocketOwner {
  onMessage(data: Buffer, binary: boolean): void;
  onPing(data: Buffer): void;
  onPong(data: Buffer): void;
  /** `onClose` follows. */
  onError(error: Error): void;
  onClose(code: number, text: Buffer): void;
}

const TOO_BIG = closeOf('message_too_big');

/** A WebSocket that knows its owner: all of them share one set of listeners. Without an owner, messages are dropped. */
export class EdgeWebSocket extends WebSocket {
  owner: WebSocketOwner | null = null;

  /** To be called once, before anything can happen to it: an error without a listener would end the process. */
  listen(): this {
    this.on('message', onMessage);
    this.on('ping', onPing);
    this.on('pong', onPong);
    this.on('error', onError);
    this.on('close', onClose);
    return this;
  }

  /** Adds the public code to the close frame of a message that is too big, which ws sends with a code alone. */
  override close(code?: number, text?: string | Buffer): void {
    super.close(code, text ?? (code === TOO_BIG.code ? TOO_BIG.text : undefined));
  }
}

function onMessage(this: WebSocket, data: unknown, binary: boolean): void {
  if (Buffer.isBuffer(data)) (this as EdgeWebSocket).owner?.onMessage(data, binary);
}

function onPing(this: WebSocket, data: Buffer): void {
  (this as EdgeWebSocket).owner?.onPing(data);
}

function onPong(this: WebSocket, data: Buffer): void {
  (this as EdgeWebSocket).owner?.onPong(data);
}

function onError(this: WebSocket, error: Error): void {
  (this as EdgeWebSocket).owner?.onError(error);
}

function onClose(this: WebSocket, code: number, text: Buffer): void {
  (this as EdgeWebSocket).owner?.onClose(code, text);
}
