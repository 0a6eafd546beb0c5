import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type ConnectOptions, connect, UpgradeRejected } from '@admit-one/testkit';
import { WebSocketServer } from 'ws';

/** What an application sees of an upgrade. */
export interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Application {
  readonly server: Server;
  /** How many upgrades have come through. */
  readonly upgrades: number;
  stop(): Promise<void>;
}

/** Paths below which the application speaks `chat.v2` and nothing else; elsewhere it takes whatever is offered first. */
export const PARTICULAR = '/ws/particular';

/** A plain WebSocket server as its users write it: its first message says what it has seen of the upgrade. */
export async function startApplication(): Promise<Application> {
  let upgrades = 0;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({
    server,
    handleProtocols(offered, { url = '' }) {
      if (url.startsWith(PARTICULAR)) return offered.has('chat.v2') && 'chat.v2';
      return [...offered][0] ?? false;
    },
  });
  sockets.on('connection', (socket, { url = '', headers }) => {
    upgrades += 1;
    const seen: Seen = { url, headers };
    socket.send(JSON.stringify(seen));
    socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  });
  return {
    server,
    get upgrades() {
      return upgrades;
    },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Connects, and tells what the application has seen and which subprotocol was answered. */
export async function visit(url: string, options: ConnectOptions = {}): Promise<Seen & { protocol: string }> {
  const connection = await connect(url, options);
  const seen = JSON.parse(String(await connection.next())) as Seen;
  connection.socket.send('hello');
  if ((await connection.next()) !== 'hello') throw new Error('it did not come back');
  await connection.close();
  return { ...seen, protocol: connection.socket.protocol };
}

/** The rejection of a visit. @throws {Error} where it got in */
export async function rejectionOfVisit(visiting: Promise<unknown>): Promise<UpgradeRejected> {
  const outcome = await visiting.catch((error: unknown) => error);
  if (outcome instanceof UpgradeRejected) return outcome;
  throw new Error(`it was not rejected: ${outcome instanceof Error ? outcome : JSON.stringify(outcome)}`);
}
