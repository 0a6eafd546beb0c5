import type { Socket } from 'node:net';
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
  #socket: Socket | undefined;

  /**
   * To be called once, before anything can happen to it: an error without a listener would end the process.
   * @param socket its TCP connection
   */
  listen(socket?: Socket): this {
    this.#socket = socket;
    this.on('message', onMessage);
    this.on('ping', onPing);
    this.on('pong', onPong);
    this.on('error', onError);
    this.on('close', onClose);
    return this;
  }

  /**
   * ws calls this, too: to answer a close frame, with the text that it received or without arguments, and with a code alone
   * for a frame that it rejects.
   *
   * Adds the public code to the close frame of a message that is too big. When close frames were sent and received, the TCP
   * connection is closed at once (RFC 6455, section 5.5.1), where ws would wait for the client's FIN: no data can be lost,
   * since the client must not send any.
   */
  override close(code?: number, text?: string | Buffer): void {
    super.close(code, text ?? (code === TOO_BIG.code ? TOO_BIG.text : undefined));
    if (code === undefined || Buffer.isBuffer(text)) this.#socket?.destroySoon();
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
