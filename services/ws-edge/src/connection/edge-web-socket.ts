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

/**
 * A WebSocket whose events go to its owner: an edge holds many thousands, and listeners take memory in each. Without an
 * owner they are dropped, errors included.
 */
export class EdgeWebSocket extends WebSocket {
  owner: WebSocketOwner | null = null;
  /** Its TCP connection, where it is known. */
  socket: Socket | null = null;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const { owner } = this;
    if (owner === null) return false;
    const [first, second] = args;
    switch (event) {
      case 'message':
        owner.onMessage(first as Buffer, second as boolean);
        return true;
      case 'ping':
        owner.onPing(first as Buffer);
        return true;
      case 'pong':
        owner.onPong(first as Buffer);
        return true;
      case 'error':
        owner.onError(first as Error);
        return true;
      case 'close':
        owner.onClose(first as number, second as Buffer);
        return true;
      default:
        return false;
    }
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
    if (code === undefined || Buffer.isBuffer(text)) this.socket?.destroySoon();
  }
}
