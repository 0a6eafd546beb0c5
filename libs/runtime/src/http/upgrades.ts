import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Whether an upgrade request offers WebSocket, alone or among other protocols. */
export function offersWebSocket({ headers }: IncomingMessage): boolean {
  const { upgrade = '' } = headers;
  return upgrade === 'websocket' || /websocket/i.test(upgrade);
}

/**
 * Passes the upgrades that offer WebSocket to the handler. Any other offer, such as the `h2c` of HTTP clients that try
 * HTTP/2, is ignored, and the request gets its plain answer (RFC 9110, section 7.8): Node passes all upgrades to a
 * listener and is done with the socket, so the request is put back and the socket handed to the server again.
 *
 * A request that is pipelined behind one without an answer yet can't be put back; the handler gets it.
 */
export function onWebSocketUpgrade(server: Server, handle: HandleUpgrade): void {
  const unanswered = new WeakMap<Duplex, number>();
  const count = (socket: Duplex, change: number) =>
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + change);
  server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  server.on('upgrade', (request, socket, head) => {
    if (offersWebSocket(request) || unanswered.get(socket)) return handle(request, socket, head);
    socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
    server.emit('connection', socket);
  });
}

/** The request line and the headers, byte by byte as they came, without `Upgrade`. */
function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let n = 0; n < rawHeaders.length; n += 2)
    if (rawHeaders[n]?.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
