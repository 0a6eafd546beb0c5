import type { IncomingMessage } from 'node:http';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { createTicketGuard, openGate, type UpgradeReservation } from '@admit-one/gate';
import websocket from '@fastify/websocket';
import fastify, { type preValidationAsyncHookHandler } from 'fastify';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3002' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-fastify', onError: console.error });
const gate = await openGate(bus);
const guard = createTicketGuard(gate, {
  onRefused: ({ reason, ticketId, traceId }) => console.log('refused', { reason, ticketId, traceId }),
});

/** What the hook holds, until the handler of the same request consumes it. */
const tickets = new WeakMap<IncomingMessage, UpgradeReservation>();

/** Runs before the 101: what it answers is the answer to the upgrade. */
const needsTicket: preValidationAsyncHookHandler = async ({ raw, ws }, reply) => {
  if (!ws) return reply.code(426).header('upgrade', 'websocket').send();
  const ticket = await guard.admit(raw);
  if (ticket.kind === 'reserved') {
    tickets.set(raw, ticket);
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
  const admitted = await tickets.get(raw)?.establish(webSocket);
  if (admitted?.kind !== 'confirmed') return;
  const { connection, principal } = admitted;
  webSocket.send(`hello ${principal.user ?? principal.session}, you are ${connection}`);
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
});

app.get('/readyz', (_request, reply) => reply.code(gate.ready && bus.connected ? 200 : 503).send());

const url = await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log(`Listening on ${url.replace('http:', 'ws:')}`);

process.once('SIGTERM', async () => {
  await app.close();
  gate.close();
  await bus.close();
});
