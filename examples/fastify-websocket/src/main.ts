import type { IncomingMessage } from 'node:http';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { createTicketGuard, type UpgradeReservation } from '@admit-one/gate';
import { openTicketClient } from '@admit-one/ticket-client';
import websocket from '@fastify/websocket';
import fastify, { type preValidationAsyncHookHandler } from 'fastify';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3002' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-fastify', onError: console.error });
const tickets = await openTicketClient(bus);
const guard = createTicketGuard(tickets, {
  onRejected: ({ reason, ticketId, traceId }) => console.log('rejected', { reason, ticketId, traceId }),
});

/** What the hook holds, until the handler of the same request consumes it. */
const reservations = new WeakMap<IncomingMessage, UpgradeReservation>();

/** Runs before the 101: what it answers is the answer to the upgrade. */
const needsTicket: preValidationAsyncHookHandler = async ({ raw, ws }, reply) => {
  if (!ws) return reply.code(426).header('upgrade', 'websocket').send();
  const ticket = await guard.admit(raw);
  if (ticket.kind === 'reserved') {
    reservations.set(raw, ticket);
    return;
  }
  reply.hijack();
  ticket.answer();
};

const app = fastify();
await app.register(websocket, {
  options: { maxPayload: 65_536, handleProtocols: guard.handleProtocols },
});

app.get('/ws', { websocket: true, preValidation: needsTicket }, async (webSocket, { raw }) => {
  const admitted = await reservations.get(raw)?.establish(webSocket);
  if (admitted?.kind !== 'admitted') return;
  const { connection, principal } = admitted;
  webSocket.send(`hello ${principal.user ?? principal.session}, you are ${connection}`);
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
});

app.get('/readyz', (_request, reply) => reply.code(tickets.ready && bus.connected ? 200 : 503).send());

const url = await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log(`Listening on ${url.replace('http:', 'ws:')}`);

process.once('SIGTERM', async () => {
  await app.close();
  tickets.close();
  await bus.close();
});
