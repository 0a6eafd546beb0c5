import { randomBytes } from 'node:crypto';
import cors from '@fastify/cors';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { HOST, TICKET_PATH, TICKET_PREFIX } from '../client/endpoint.ts';
import { createSocketServer, credentialOf, reject } from './upgrades.ts';
import { verifyToken } from './verify-token.ts';

/**
 * Tickets as a team makes them that knows its tools and needs no more: one process, a JWT for a ticket in Redis that lives
 * 30 s, GETDEL at the upgrade, and the lines in the log that say so. No events, no bus, nothing to ask afterwards.
 */
const { PORT, REDIS_URL = '', FRONTEND_ORIGINS = '', LOG_LEVEL = 'info' } = process.env;

const TICKET_SECONDS = 30;
const HEARTBEAT_MS = 25_000;

const log = pino({ level: LOG_LEVEL }, pino.destination({ dest: 1, sync: true }));
const redis = new Redis(REDIS_URL);
const origins = new Set(FRONTEND_ORIGINS.split(','));
const sockets = createSocketServer();

const app = Fastify({ logger: false, keepAliveTimeout: 620_000, forceCloseConnections: true });
await app.register(cors, { origin: [...origins], methods: ['POST'] });

app.get('/readyz', async () => redis.ping());

app.post(TICKET_PATH, { schema: { response: { '2xx': ticketSchema() } } }, async (request, reply) => {
  const token = request.headers.authorization?.match(/^Bearer (\S+)$/i)?.[1];
  const session = token === undefined ? undefined : await sessionOf(token);
  if (session === undefined) return reply.code(401).send();
  const ticket = randomBytes(16).toString('hex');
  await redis.set(`ticket:${ticket}`, JSON.stringify(session), 'EX', TICKET_SECONDS);
  log.info({ hasUserId: session.userId !== undefined, ttl: TICKET_SECONDS }, 'ticket_generated');
  reply.header('cache-control', 'no-store');
  return { ticket, expiresInSeconds: TICKET_SECONDS };
});

app.server.on('upgrade', async (request, socket, head) => {
  socket.on('error', () => {});
  const { origin } = request.headers;
  const ticket = credentialOf(request, TICKET_PREFIX);
  if (ticket === undefined || (origin !== undefined && !origins.has(origin))) return reject(socket);
  const stored = await redis.getdel(`ticket:${ticket}`).catch(() => null);
  if (stored === null) return reject(socket);
  const { userId, sessionId } = JSON.parse(stored);
  log.info({ hasUserId: userId !== undefined, sessionId }, 'authenticated_via_ticket');
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    log.info({ originHost: origin && new URL(origin).host }, 'websocket_connected');
    webSocket.on('error', () => {});
    webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
    webSocket.on('close', (code) => log.info({ code, sessionId }, 'websocket_closed'));
  });
});

const heartbeat = setInterval(() => {
  for (const webSocket of sockets.clients) webSocket.ping();
}, HEARTBEAT_MS);

process.on('SIGTERM', async () => {
  clearInterval(heartbeat);
  for (const webSocket of sockets.clients) webSocket.close(1012);
  await app.close();
  redis.disconnect();
});
await app.listen({ port: Number(PORT), host: HOST });

async function sessionOf(token: string): Promise<{ sessionId: string; userId?: string } | undefined> {
  try {
    const { sub: userId, sessionId } = await verifyToken(token);
    if (typeof sessionId !== 'string') return undefined;
    return { sessionId, ...(userId !== undefined && { userId }) };
  } catch {
    return undefined;
  }
}

/** Fastify writes a reply whose form it knows in half the time. */
function ticketSchema() {
  return {
    type: 'object',
    properties: { ticket: { type: 'string' }, expiresInSeconds: { type: 'integer' } },
  };
}
