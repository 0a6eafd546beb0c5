import { once } from 'node:events';
import { createServer, get, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { missingEngines, within } from '@admit-one/testkit';
import { Server } from 'socket.io';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { carrying } from '../stack/visitor.ts';
import { type ForwardAuth, startForwardAuth } from './forward-auth.fixture.ts';

const missing = missingEngines('nginx');

/** What the application tells a client of the handshake it came with. */
interface Welcome {
  readonly user: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

describe.skipIf(missing)(`nginx in front of a Socket.IO server ${missing ?? ''}`, () => {
  let http: HttpServer;
  let application: Server;
  let running: ForwardAuth;
  let sessions = 0;
  const requests: IncomingMessage[] = [];
  const clients: Socket[] = [];

  beforeAll(async () => {
    http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    application = new Server(http);
    application.engine.on('connection', () => {
      sessions += 1;
    });
    http.on('request', (request) => requests.push(request));
    http.on('upgrade', (request) => requests.push(request));
    application.on('connection', (socket) => {
      const { headers, query } = socket.handshake;
      socket.emit('welcome', { user: headers['x-admit-user'], query });
      socket.on('say', (text, reply) => reply(text));
    });
    running = await startForwardAuth('socket-io.conf', http);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
    requests.splice(0);
  });
  afterAll(async () => {
    await application.close();
    await running.stop();
  });

  function open(options: Partial<ManagerOptions & SocketOptions>): Promise<{ client: Socket } & Welcome> {
    const client = io(running.nginx.url, { forceNew: true, reconnection: false, ...options });
    clients.push(client);
    const opened = new Promise<{ client: Socket } & Welcome>((resolve, reject) => {
      client.once('welcome', (welcome: Welcome) => resolve({ client, ...welcome }));
      client.once('connect_error', reject);
    });
    return within(opened, 'the welcome');
  }

  const alice = async () => running.issue(await running.stack.users.token({ sub: 'alice' }));

  /** The whole story of a ticket that was used once. */
  const STORY = ['admit.ticket.issued', 'admit.ticket.reserved', 'admit.ticket.consumed'];

  test('lets in a WebSocket with the ticket in its query, once', async () => {
    const { ticket, ticketId } = await alice();
    const options = { transports: ['websocket'], query: { ticket, room: '1' } };
    const { client, user, query } = await open(options);
    expect(user).toBe('alice');
    expect(query).toMatchObject({ room: '1' });
    expect(query).not.toHaveProperty('ticket');
    expect(await client.emitWithAck('say', 'hello')).toBe('hello');
    await expectStory(running.stack, { ticket: ticketId }, STORY);
    await expect(open(options)).rejects.toThrow();
  });

  test('lets in a WebSocket with the ticket in a subprotocol', async () => {
    const { ticket } = await alice();
    const { user } = await open({ transports: ['websocket'], protocols: [...carrying(ticket)] });
    expect(user).toBe('alice');
    expect(requests[0]?.headers['sec-websocket-protocol']).toBe('admit.v1');
  });

  test('verifies the first request of polling alone, which is where the application learns who it is', async () => {
    const { ticket, ticketId } = await alice();
    const forged = { 'X-Admit-User': 'root' };
    const { client, user, query } = await open({ query: { ticket }, extraHeaders: forged });
    expect(user).toBe('alice');
    expect(query).not.toHaveProperty('ticket');
    await expect.poll(() => client.io.engine.transport.name).toBe('websocket');
    expect(await client.emitWithAck('say', 'hello')).toBe('hello');
    expect(requests.length).toBeGreaterThan(3);
    for (const [n, { url, headers }] of requests.entries()) {
      expect(url).not.toContain(ticket);
      expect(headers['x-admit-user']).toBe(n === 0 ? 'alice' : undefined);
    }
    await expectStory(running.stack, { ticket: ticketId }, STORY);
  });

  test.each(['polling', 'websocket'])('rejects %s without a ticket', async (transport) => {
    const before = sessions;
    await expect(open({ transports: [transport] })).rejects.toThrow();
    expect(sessions).toBe(before);
  });

  test.each([
    ['an unknown session', 'sid=AAAAAAAAAAAAAAAAAAAA'],
    ['an empty one', 'sid='],
    ['one in another case', 'SID=x'],
    ['two, of which the last is empty', 'sid=x&sid='],
    ['two, of which one is encoded', 'sid=x&s%69d='],
    ['one and another name that is encoded', 's%69d=&sid=x'],
    ['one behind a fragment', 'a=1#&sid=x'],
    ['one inside a value', 'a=sid=x'],
    ['one in array form', 'sid[]=x'],
  ])('does not take %s for a way around the ticket', async (_, query) => {
    const before = sessions;
    const target = `/socket.io/?EIO=4&transport=polling&${query}`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const { hostname, port } = new URL(running.nginx.url);
      get({ hostname, port, path: target }, resolve).once('error', reject);
    });
    response.resume();
    expect([400, 401]).toContain(response.statusCode);
    expect(sessions).toBe(before);
  });
});
