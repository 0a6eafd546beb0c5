import type { RejectedMessage, WebSocketData } from './admit-socket.ts';
import type { WebSocketLike } from './environment.ts';

/** What an application sends: over the connection, or kept until there is one. */
export interface SendBuffer {
  /** @throws {DOMException} `InvalidStateError` where there is no connection and the message does not fit */
  readonly send: (data: WebSocketData, socket: WebSocketLike | undefined) => void;
  /** Sends what was kept over a new connection, or forgets it where there is none. */
  readonly flush: (socket: WebSocketLike | undefined) => void;
  /** The server refused a message of this connection as too big: its biggest, or one that was as big. */
  readonly onTooBig: () => void;
  readonly bufferedBytes: () => number;
}

/** @param refused is told of messages that are too big for the server */
export function createSendBuffer(room: number, refused: (message: RejectedMessage) => void): SendBuffer {
  let kept: WebSocketData[] = [];
  let keptBytes = 0;
  let biggest = 0;
  let limit = Infinity;

  function send(data: WebSocketData, socket: WebSocketLike | undefined): void {
    const bytes = bytesOf(data);
    if (bytes >= limit) refused({ bytes, data });
    else if (socket) {
      biggest = Math.max(biggest, bytes);
      socket.send(data as never);
    } else {
      if (keptBytes + bytes > room) throw new DOMException('Not connected', 'InvalidStateError');
      keptBytes += bytes;
      kept.push(data);
    }
  }

  return {
    send,
    flush(socket) {
      const messages = kept;
      kept = [];
      keptBytes = biggest = 0;
      if (socket) for (const data of messages) send(data, socket);
    },
    onTooBig() {
      limit = biggest;
      refused({ bytes: biggest, data: undefined });
    },
    bufferedBytes: () => keptBytes,
  };
}

function bytesOf(data: WebSocketData): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length;
  return 'size' in data ? data.size : data.byteLength;
}
