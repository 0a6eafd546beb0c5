import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { createTicketGuard, type Established, openGate } from '@admit-one/gate';
import { buildSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3004' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-graphql', onError: console.error });
const gate = await openGate(bus);
const guard = createTicketGuard(gate, {
  protocols: [GRAPHQL_TRANSPORT_WS_PROTOCOL],
  onRefused: ({ reason, ticketId, traceId }) => console.log('refused', { reason, ticketId, traceId }),
});

const schema = buildSchema(`
  type Query { whoami: String! }
  type Subscription { countdown(from: Int!): Int! }
`);

/** Who the connection of an upgrade request is for. */
const admissions = new WeakMap<IncomingMessage, Established>();

const webSockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 });
useServer(
  {
    schema,
    context: ({ extra }) => ({ admitted: admissions.get(extra.request) }),
    roots: {
      query: {
        whoami: (_: unknown, { admitted }: { admitted: Established }) =>
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
  response.writeHead(gate.ready && bus.connected ? 200 : 503).end();
});

server.on('upgrade', async (request, socket, head) => {
  const ticket = await guard.admit(request);
  if (ticket.kind === 'refused') return ticket.answer();
  if (ticket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) return ticket.refuse('bad_upgrade');
  webSockets.handleUpgrade(request, socket, head, async (webSocket) => {
    const admitted = await ticket.establish(webSocket);
    if (admitted.kind === 'refused') return;
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
  gate.close();
  await bus.close();
});
