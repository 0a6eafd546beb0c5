import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { createTicketGuard, type Established, openGate } from '@admit-one/gate';
import { type WebSocket, WebSocketServer } from 'ws';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3001' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-ws', onError: console.error });
const gate = await openGate(bus);
const guard = createTicketGuard(gate, {
  onRefused: ({ reason, ticketId, traceId }) => console.log('refused', { reason, ticketId, traceId }),
});

const webSockets = new WebSocketServer({
  noServer: true,
  maxPayload: 65_536,
  handleProtocols: guard.handleProtocols,
});

const server = createServer((_request, response) => {
  const ready = gate.ready && bus.connected;
  response.writeHead(ready ? 200 : 503).end(ready ? 'ready\n' : 'looking for a ticket-service\n');
});

server.on('upgrade', async (request, socket, head) => {
  const ticket = await guard.admit(request);
  if (ticket.kind === 'refused') return ticket.answer();
  webSockets.handleUpgrade(request, socket, head, async (webSocket) => {
    const admitted = await ticket.establish(webSocket);
    if (admitted.kind === 'confirmed') welcome(webSocket, admitted);
  });
});

/** The application: it sees admitted connections only. */
function welcome(webSocket: WebSocket, { connection, principal }: Established): void {
  webSocket.send(`hello ${principal.user ?? principal.session}, you are ${connection}`);
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
}

server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
console.log(`Listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}`);

process.once('SIGTERM', async () => {
  server.close();
  for (const webSocket of webSockets.clients) webSocket.close(1012, 'RESTARTING');
  gate.close();
  await bus.close();
});
