import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { type Admission, createTicketGuard } from '@admit-one/gate';
import { openTicketClient } from '@admit-one/ticket-client';
import { buildSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3004' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-graphql', onError: console.error });
const tickets = await openTicketClient(bus);
const guard = createTicketGuard(tickets, {
  protocols: [GRAPHQL_TRANSPORT_WS_PROTOCOL],
  onRejected: ({ reason, ticketId, traceId }) => console.log('rejected', { reason, ticketId, traceId }),
});

const schema = buildSchema(`
  type Query { whoami: String! }
  type Subscription { countdown(from: Int!): Int! }
`);

/** Who the connection of an upgrade request is for. */
const admissions = new WeakMap<IncomingMessage, Admission>();

const webSockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 });
useServer(
  {
    schema,
    context: ({ extra }) => ({ admitted: admissions.get(extra.request) }),
    roots: {
      query: {
        whoami: (_: unknown, { admitted }: { admitted: Admission }) =>
          admitted.principal.user ?? admitted.principal.session,
      },
      subscription: {
        async *countdown({ from }: { from: number }) {
          for (let n = Math.min(from, 100); n >= 0; n -= 1) yield { countdown: n };
        },
      },
    },
  },
  webSockets,
);

const server = createServer((_request, response) => {
  response.writeHead(tickets.ready && bus.connected ? 200 : 503).end();
});

server.on('upgrade', async (request, socket, head) => {
  const ticket = await guard.admit(request);
  if (ticket.kind === 'rejected') return ticket.answer();
  if (ticket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) return ticket.reject('bad_upgrade');
  webSockets.handleUpgrade(request, socket, head, async (webSocket) => {
    const admitted = await ticket.establish(webSocket);
    if (admitted.kind === 'rejected') return;
    admissions.set(request, admitted);
    webSockets.emit('connection', webSocket, request);
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
