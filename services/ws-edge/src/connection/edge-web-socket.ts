import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
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
    const { socket } = this;
    const isAnswer = code === undefined || Buffer.isBuffer(text);
    if (!isAnswer || socket === null || this.readyState !== this.OPEN) {
      super.close(code, text ?? (code === TOO_BIG.code ? TOO_BIG.text : undefined));
      if (isAnswer) socket?.destroySoon();
      return;
    }
    socket.write(closeFrame(code, text));
    // What the kernel has is sent, and its FIN with it: ending the socket first would be one system call more.
    if (socket.writableLength === 0) socket.destroy();
    else socket.destroySoon();
    endOnce(this);
  }
}

/**
 * ws ends its receiver behind the client's close frame, and again when the socket has closed, for which Node makes an error
 * with a stack that nobody gets: as much as three hashes. A ws without this private field works as well.
 */
function endOnce(webSocket: EdgeWebSocket): void {
  const { _receiver: receiver } = webSocket as { readonly _receiver?: unknown };
  if (receiver instanceof Writable) receiver.end = endUnlessEnded;
}

function endUnlessEnded(this: Writable): Writable {
  return this.writableEnded ? this : Reflect.apply(Writable.prototype.end, this, []);
}

const FINAL_CLOSE = 0x88;

/** The close frame that answers one (RFC 6455, section 5.5.1). */
function closeFrame(code: number | undefined, text: Buffer | string | undefined): Buffer {
  if (code === undefined) return Buffer.from([FINAL_CLOSE, 0]);
  const reason = Buffer.from(text ?? '');
  const frame = Buffer.allocUnsafe(4 + reason.length);
  frame[0] = FINAL_CLOSE;
  frame[1] = 2 + reason.length;
  frame.writeUInt16BE(code, 2);
  frame.set(reason, 4);
  return frame;
}
