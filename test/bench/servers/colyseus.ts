import { createServer } from 'node:http';
import { type AuthContext, type Client, Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { HOST, ROOM } from '../client/endpoint.ts';
import { verifyToken } from './verify-token.ts';

const HEARTBEAT_MS = 25_000;

/** A room for everybody who shows a good JWT: a request reserves a seat, the connection takes it. */
class EchoRoom extends Room {
  static override async onAuth(token: string, _options: unknown, _context: AuthContext): Promise<unknown> {
    // A member `sessionId` would become the seat's id, and a session may have several.
    const { sub, sessionId } = await verifyToken(token);
    return { user: sub, session: sessionId };
  }

  override onCreate(): void {
    this.autoDispose = false;
    this.maxClients = Number.POSITIVE_INFINITY;
    this.onMessage('*', (client: Client, type, message) => client.send(type, message));
  }
}

const server = createServer((_request, response) => response.end());
const transport = new WebSocketTransport({ server, pingInterval: HEARTBEAT_MS, maxPayload: 65_536 });
const colyseus = new Server({ transport, greet: false, gracefullyShutdown: false });
colyseus.define(ROOM, EchoRoom);
await colyseus.listen(Number(process.env.PORT), HOST);
process.on('SIGTERM', () => process.exit());
