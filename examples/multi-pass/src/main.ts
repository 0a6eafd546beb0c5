import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { createTicketGuard, type UpgradeReservation } from '@admit-one/gate';
import { openTicketClient } from '@admit-one/ticket-client';
import { WebSocketServer } from 'ws';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3005', MAX_PER_USER = '1' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-multi-pass', onError: console.error });
const tickets = await openTicketClient(bus);

/** Passes a handshake on with what it knows of it, or answers it and returns undefined. */
type Layer = (request: IncomingMessage) => Promise<UpgradeReservation | undefined>;

/** Open connections by user. */
const open = new Map<string, number>();

/** Every layer has its own guard and is independent of the others: each verifies the ticket as if it were the only one. */
const layers: readonly Layer[] = [authenticated(), logged(), limited()];

function authenticated(): Layer {
  const guard = createTicketGuard(tickets);
  return async (request) => {
    const ticket = await guard.admit(request);
    if (ticket.kind === 'reserved') return ticket;
    ticket.answer();
    return undefined;
  };
}

function logged(): Layer {
  const verify = authenticated();
  return async (request) => {
    const ticket = await verify(request);
    if (ticket) console.log('handshake', { ticket: ticket.ticketId, user: ticket.principal.user });
    return ticket;
  };
}

function limited(): Layer {
  const verify = authenticated();
  return async (request) => {
    const ticket = await verify(request);
    if (!ticket || (open.get(userOf(ticket)) ?? 0) < Number(MAX_PER_USER)) return ticket;
    ticket.reject('too_many_connections');
    return undefined;
  };
}

function userOf({ principal: { user, session } }: Pick<UpgradeReservation, 'principal'>): string {
  return user ?? session;
}

const webSockets = new WebSocketServer({
  noServer: true,
  handleProtocols: createTicketGuard(tickets).handleProtocols,
});
const server = createServer((_request, response) => {
  response.writeHead(tickets.ready && bus.connected ? 200 : 503).end();
});

server.on('upgrade', async (request, socket, head) => {
  let ticket: UpgradeReservation | undefined;
  for (const layer of layers) {
    ticket = await layer(request);
    if (!ticket) return;
  }
  webSockets.handleUpgrade(request, socket, head, async (webSocket) => {
    const admitted = await ticket?.establish(webSocket);
    if (admitted?.kind !== 'admitted') return;
    const user = userOf(admitted);
    open.set(user, (open.get(user) ?? 0) + 1);
    webSocket.once('close', () => open.set(user, (open.get(user) ?? 1) - 1));
    webSocket.send(`hello ${user}, you are ${admitted.connection}`);
    webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
  });
});

server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
console.log(`Listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}`);

process.once('SIGTERM', async () => {
  server.close();
  for (const webSocket of webSockets.clients) webSocket.close(1012, 'RESTARTING');
  tickets.close();
  await bus.close();
});
