import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { type Admission, createTicketGuard } from '@admit-one/gate';
import { openTicketClient } from '@admit-one/ticket-client';
import { type WebSocket, WebSocketServer } from 'ws';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3001' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-ws', onError: console.error });
const tickets = await openTicketClient(bus);
const guard = createTicketGuard(tickets, {
  onRejected: ({ reason, ticketId, traceId }) => console.log('rejected', { reason, ticketId, traceId }),
});

const webSockets = new WebSocketServer({
  noServer: true,
  maxPayload: 65_536,
  handleProtocols: guard.handleProtocols,
});

const server = createServer((_request, response) => {
  const ready = tickets.ready && bus.connected;
  response.writeHead(ready ? 200 : 503).end(ready ? 'ready\n' : 'looking for a ticket-service\n');
});

server.on('upgrade', async (request, socket, head) => {
  const ticket = await guard.admit(request);
  if (ticket.kind === 'rejected') return ticket.answer();
  webSockets.handleUpgrade(request, socket, head, async (webSocket) => {
    const admitted = await ticket.establish(webSocket);
    if (admitted.kind === 'admitted') welcome(webSocket, admitted);
  });
});

/** The application: it sees admitted connections only. */
function welcome(webSocket: WebSocket, { connection, principal }: Admission): void {
  webSocket.send(`hello ${principal.user ?? principal.session}, you are ${connection}`);
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
}

server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
console.log(`Listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}`);

process.once('SIGTERM', async () => {
  server.close();
  for (const webSocket of webSockets.clients) webSocket.close(1012, 'RESTARTING');
  tickets.close();
  await bus.close();
});
