import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** A request as received by the server. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Behaviour {
  /** Replies by path; several are used once each, before the default ones. */
  readonly replies?: Readonly<Record<string, Reply | readonly Reply[]>>;
  /** Rejects upgrades with this; only the first ones, where there are several. */
  readonly rejection?: Reply | readonly Reply[];
  /** Called before each reply. */
  readonly beforeReply?: (seen: Seen) => Promise<void>;
  /** Does not answer upgrades. */
  readonly silent?: boolean;
  /** Handles a connection; echoes by default. */
  readonly onConnection?: (socket: WebSocket, number: number) => void;
}

export interface TestServer {
  readonly url: string;
  readonly seen: readonly Seen[];
}

export const TICKET = '0123456789abcdef0123456789abcdef';
export const TICKET_ID = 'T'.repeat(43);
export const ANONYMOUS_TOKEN = 'anonymous.token.signature';

/** Each ticket is different; the first is `TICKET`. */
function defaultReply(path: string, number: number): Reply {
  switch (path) {
    case '/api/v1/auth/token':
      return replyWith(200, { token: ANONYMOUS_TOKEN, sessionId: 'session-1', expiresInSeconds: 3600 });
    case '/api/websocket/ticket': {
      const ticket = number === 1 ? TICKET : TICKET.replace(/.{4}$/, String(1000 + number));
      return replyWith(201, { ticket, ticketId: TICKET_ID, expiresInSeconds: 30, expires_at: 1 });
    }
    default:
      return { status: 404, body: 'nothing here' };
  }
}

function replyWith(status: number, body: object): Reply {
  return { status, body: JSON.stringify(body) };
}

/** A server with the endpoints that `admit connect` uses, until the test ends. Accepts everyone, and echoes. */
export async function serve(behaviour: Behaviour = {}): Promise<TestServer> {
  const { replies = {}, beforeReply, rejection, silent, onConnection = echo } = behaviour;
  const seen: Seen[] = [];
  const asked = new Map<string, number>();
  let connections = 0;
  function countOf(place: string): number {
    const count = (asked.get(place) ?? 0) + 1;
    asked.set(place, count);
    return count;
  }
  function note({ method = '', url = '', headers }: IncomingMessage, body: string): Seen {
    const request = { method, url, headers, body };
    seen.push(request);
    return request;
  }

  const server = createServer(async (request, response) => {
    const noted = note(request, await text(request));
    await beforeReply?.(noted);
    const path = request.url ?? '';
    const number = countOf(path);
    const { status, body } = replyNumber(number, replies[path]) ?? defaultReply(path, number);
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
    const rejected = replyNumber(countOf('upgrade'), rejection);
    if (rejected) {
      const { status, body } = rejected;
      socket.end(`HTTP/1.1 ${status} Rejected\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    connections += 1;
    sockets.handleUpgrade(request, socket, head, (accepted) => onConnection(accepted, connections));
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

function replyNumber(number: number, reply: Reply | readonly Reply[] | undefined): Reply | undefined {
  return reply && 'status' in reply ? reply : reply?.[number - 1];
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
}
