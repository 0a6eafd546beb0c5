import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { PROTOCOL } from '../client/endpoint.ts';

/** The credential in the one offered subprotocol with this prefix. */
export function credentialOf({ headers }: IncomingMessage, prefix: string): string | undefined {
  return headers['sec-websocket-protocol']
    ?.split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(prefix))
    ?.slice(prefix.length);
}

/** A server of WebSockets for upgrades that somebody else has let in: it never answers with a credential. */
export function createSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 65_536,
    handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
  });
}

/** Rejects an upgrade. */
export function reject(socket: Duplex): void {
  socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
