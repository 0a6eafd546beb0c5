import type { RejectedMessage, WebSocketData } from './admit-socket.ts';
import type { WebSocketLike } from './environment.ts';

/** Sends messages over the connection, or buffers them until there is one. */
export interface SendBuffer {
  /** @throws {DOMException} `InvalidStateError` if there is no connection and the message does not fit the buffer */
  readonly send: (data: WebSocketData, socket: WebSocketLike | undefined) => void;
  /** Sends the buffered messages over a new connection, or discards them if there is none. */
  readonly flush: (socket: WebSocketLike | undefined) => void;
  /** The server rejected a message of this connection as too big. Its biggest message, if any, becomes the size limit. */
  readonly onTooBig: () => void;
  readonly bufferedBytes: () => number;
}

/** @param onRejected called for each message that is too big for the server */
export function createSendBuffer(
  maxBytes: number,
  onRejected: (message: RejectedMessage) => void,
): SendBuffer {
  let queue: WebSocketData[] = [];
  let queuedBytes = 0;
  let biggest = 0;
  let limit = Infinity;

  function send(data: WebSocketData, socket: WebSocketLike | undefined): void {
    const bytes = bytesOf(data);
    if (bytes >= limit) onRejected({ bytes, data });
    else if (socket) {
      biggest = Math.max(biggest, bytes);
      socket.send(data as never);
    } else {
      if (queuedBytes + bytes > maxBytes) throw new DOMException('Not connected', 'InvalidStateError');
      queuedBytes += bytes;
      queue.push(data);
    }
  }

  return {
    send,
    flush(socket) {
      const messages = queue;
      queue = [];
      queuedBytes = biggest = 0;
      if (socket) for (const data of messages) send(data, socket);
    },
    onTooBig() {
      if (biggest === 0) return;
      limit = biggest;
      onRejected({ bytes: biggest, data: undefined });
    },
    bufferedBytes: () => queuedBytes,
  };
}

function bytesOf(data: WebSocketData): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length;
  return 'size' in data ? data.size : data.byteLength;
}
