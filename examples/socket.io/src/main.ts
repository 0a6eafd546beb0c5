import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNatsRequests } from '@admit-one/adapter-nats';
import { type Admission, createTicketGuard, type GuardRejection } from '@admit-one/gate';
import { openTicketClient } from '@admit-one/ticket-client';
import { Server, type Socket } from 'socket.io';

const { NATS_URL = 'nats://127.0.0.1:4222', PORT = '3003' } = process.env;

const bus = await openNatsRequests({ url: NATS_URL, name: 'example-socket.io', onError: console.error });
const tickets = await openTicketClient(bus);
const guard = createTicketGuard(tickets, {
  carriers: ['query'],
  onRejected: ({ reason, ticketId, traceId }) => console.log('rejected', { reason, ticketId, traceId }),
});

/** Engine.IO's session, which stays the same over all its polling requests, its upgrade and its namespaces. */
type Session = Socket['conn'];
type Outcome = Admission | GuardRejection | 'gone';

const server = createServer((_request, response) => {
  response.writeHead(tickets.ready && bus.connected ? 200 : 503).end();
});
const io = new Server(server, { connectTimeout: 5_000, maxHttpBufferSize: 65_536 });
const sessions = new WeakMap<Session, Promise<Outcome>>();

/** Admits a session, once, by the ticket in `handshake.auth`, or in the query of its first request. */
async function admit({ conn, request, handshake }: Socket): Promise<Outcome> {
  const ticket = await guard.admitPostUpgrade(request, { key: randomUUID(), ticket: handshake.auth.ticket });
  if (ticket.kind === 'rejected') return ticket;
  if (conn.readyState === 'open') return ticket.confirm();
  await ticket.release('client_gone');
  return 'gone';
}

function admitOnce(socket: Socket): Promise<Outcome> {
  const known = sessions.get(socket.conn);
  if (known) return known;
  const admitting = admit(socket);
  sessions.set(socket.conn, admitting);
  return admitting;
}

/** Socket.IO drops what comes before a namespace is joined, so a client holds its messages back until `next()`. */
async function needsTicket(socket: Socket, next: (error?: Error) => void): Promise<void> {
  const outcome = await admitOnce(socket);
  if (outcome === 'gone') return;
  if (outcome.kind === 'admitted') {
    socket.data.admitted = outcome;
    return next();
  }
  next(Object.assign(new Error(outcome.close.text), { data: JSON.parse(outcome.http.body) }));
  setImmediate(() => socket.conn.close());
}

io.use(needsTicket);
io.on('new_namespace', (namespace) => namespace.use(needsTicket));

io.of('/news').on('connection', (socket) => socket.emit('headline', 'A session needs one ticket'));

io.on('connection', (socket) => {
  const { connection, principal }: Admission = socket.data.admitted;
  socket.emit('welcome', { user: principal.user ?? principal.session, connection });
  socket.on('echo', (text, reply) => reply(text));
});

server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);

process.once('SIGTERM', async () => {
  await io.close();
  tickets.close();
  await bus.close();
  // Engine.IO waits half a minute for the last request of each polling client that it has closed.
  process.exit();
});
