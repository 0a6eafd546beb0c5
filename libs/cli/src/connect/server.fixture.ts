import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Behaviour {
  /** Replies by path, instead of the usual ones. */
  readonly replies?: Readonly<Record<string, { status: number; body: string }>>;
  /** Refuses upgrades with this. */
  readonly refusal?: { status: number; body: string };
  /** Leaves upgrades without an answer. */
  readonly silent?: boolean;
  /** What to do with a connection, instead of echoing. */
  readonly onConnection?: (socket: WebSocket) => void;
}

export interface TestServer {
  readonly url: string;
  readonly seen: readonly Seen[];
}

export const TICKET = '0123456789abcdef0123456789abcdef';
export const TICKET_ID = 'T'.repeat(43);
export const ANONYMOUS_TOKEN = 'anonymous.token.signature';

const usualReplies = {
  '/api/v1/auth/token': {
    status: 200,
    body: JSON.stringify({ token: ANONYMOUS_TOKEN, sessionId: 'session-1', expiresInSeconds: 3600 }),
  },
  '/api/websocket/ticket': {
    status: 201,
    body: JSON.stringify({ ticket: TICKET, ticketId: TICKET_ID, expiresInSeconds: 30, expires_at: 1 }),
  },
};

/** A server with the endpoints that `admit connect` uses, until the test is over. It lets everybody in, and echoes. */
export async function serve(behaviour: Behaviour = {}): Promise<TestServer> {
  const { replies = {}, refusal, silent, onConnection = echo } = behaviour;
  const seen: Seen[] = [];
  const note = ({ method = '', url = '', headers }: IncomingMessage, body: string) =>
    seen.push({ method, url, headers, body });

  const server = createServer(async (request, response) => {
    note(request, await text(request));
    const known: Readonly<Record<string, { status: number; body: string }>> = { ...usualReplies, ...replies };
    const { status, body } = known[request.url ?? ''] ?? { status: 404, body: 'nothing here' };
    response.writeHead(status).end(body);
  });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('admit.v1') ? 'admit.v1' : false),
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    note(request, '');
    if (silent) return void socket.resume().on('end', () => socket.destroy());
    if (refusal)
      socket.end(
        `HTTP/1.1 ${refusal.status} Refused\r\ncontent-length: ${refusal.body.length}\r\n\r\n${refusal.body}`,
      );
    else sockets.handleUpgrade(request, socket, head, onConnection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
}
