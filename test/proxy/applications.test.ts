import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import {
  execute,
  GraphQLInt,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  subscribe,
  validate,
} from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import mqtt from 'mqtt';
import { Server as SocketIo } from 'socket.io';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';
import { expectStory } from '../stack/audit-log.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { issueTicket, routeUrl } from '../stack/visitor.ts';

const ADMITTED = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
];

/** The applications, each as its library sets it up, behind an edge. */
let stack: EmbeddedStack;
let keys: ReturnType<typeof createRemoteJWKSet>;
const servers: HttpServer[] = [];
const sockets = new SocketIo({ transports: ['websocket'] });
let broker: Aedes;

async function listen(server: HttpServer): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What an emitter of a library passes with its next event. */
function emitted(
  emitter: { once(event: 'connect' | 'message', listener: (...values: unknown[]) => void): unknown },
  event: 'connect' | 'message',
): Promise<unknown[]> {
  return new Promise((resolve) => emitter.once(event, (...values) => resolve(values)));
}

/** Whom the edge has admitted, by the header of an upgrade, as an application has to verify it. */
async function userOf(audience: string, token: unknown): Promise<string> {
  const { payload } = await jwtVerify(String(token), keys, {
    algorithms: ['ES256'],
    issuer: 'urn:admit-one:edge',
    audience,
  });
  return String(payload.user);
}

async function startSocketIo(): Promise<string> {
  const server = createServer();
  sockets.attach(server);
  const url = await listen(server);
  sockets.use((socket, next) => {
    userOf(url, socket.handshake.headers['x-admit-principal']).then((user) => {
      socket.data.user = user;
      next();
    }, next);
  });
  sockets.on('connection', (socket) => {
    socket.on('echo', (data, answer) => answer({ user: socket.data.user, data }));
  });
  return `${url}/socket.io/`;
}

async function startGraphql(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  const countdown = {
    type: GraphQLInt,
    async *subscribe() {
      for (let left = 2; left >= 0; left -= 1) yield { countdown: left };
    },
  };
  const whoami = {
    type: GraphQLString,
    resolve: (_: unknown, _args: unknown, { user }: { user: string }) => user,
  };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { whoami } }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: { countdown } }),
  });
  useServer(
    {
      // Of the same copy of graphql as the schema: the test runner loads another one than graphql-ws.
      ...{ schema, execute, subscribe, validate },
      context: async ({ extra }) => ({
        user: await userOf(url, extra.request.headers['x-admit-principal']),
      }),
    },
    new WebSocketServer({ server, path: '/graphql' }),
  );
  return `${url}/graphql`;
}

async function startMqtt(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  broker = await Aedes.createBroker();
  new WebSocketServer({ server, handleProtocols: () => 'mqtt' }).on('connection', (webSocket) => {
    broker.handle(createWebSocketStream(webSocket));
  });
  return url;
}

beforeAll(async () => {
  const [chat, graphql, things] = await Promise.all([startSocketIo(), startGraphql(), startMqtt()]);
  stack = await startEmbedded({
    ROUTES: `chat=proxy:${chat},graphql=proxy:${graphql},things=proxy:${things}`,
  });
  keys = createRemoteJWKSet(new URL(`${stack.tickets}/ws/jwks.json`));
});
afterAll(async () => {
  await stack.stop();
  await sockets.close();
  await new Promise<void>((resolve) => broker.close(resolve));
  for (const server of servers) server.close();
});

test('Socket.IO: events, acknowledgements and binary data', async () => {
  const { ticket, ticketId } = await issueTicket(stack);
  const socket = io(stack.tickets, {
    path: '/ws/chat',
    transports: ['websocket'],
    reconnection: false,
    autoConnect: false,
  });
  socket.io.opts.query = { ticket };
  socket.connect();
  await emitted(socket, 'connect');
  const echoed = await socket.timeout(5_000).emitWithAck('echo', Buffer.of(0, 255));
  expect(echoed).toEqual({ user: 'test-user', data: Buffer.of(0, 255) });
  socket.disconnect();
  await expectStory(stack, { ticket: ticketId }, ADMITTED);
});

test('graphql-ws: queries and subscriptions', async () => {
  const { ticket, ticketId } = await issueTicket(stack);
  const client = createClient({
    url: `${routeUrl(stack, 'graphql')}?ticket=${ticket}`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: 60_000,
  });
  const results: unknown[] = [];
  for await (const { data } of client.iterate({ query: '{ whoami }' })) results.push(data);
  for await (const { data } of client.iterate({ query: 'subscription { countdown }' })) results.push(data);
  expect(results).toEqual([{ whoami: 'test-user' }, { countdown: 2 }, { countdown: 1 }, { countdown: 0 }]);
  await client.dispose();
  await expectStory(stack, { ticket: ticketId }, ADMITTED);
});

test('MQTT: a client gets what it publishes', async () => {
  const { ticket, ticketId } = await issueTicket(stack);
  const client = mqtt.connect(`${routeUrl(stack, 'things')}?ticket=${ticket}`, { reconnectPeriod: 0 });
  await emitted(client, 'connect');
  await client.subscribeAsync('rooms/+');
  const message = emitted(client, 'message');
  await client.publishAsync('rooms/7', 'hello', { qos: 1 });
  const [topic, body] = await message;
  expect([topic, String(body)]).toEqual(['rooms/7', 'hello']);
  await client.endAsync();
  await expectStory(stack, { ticket: ticketId }, ADMITTED);
});
