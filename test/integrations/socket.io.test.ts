import { eventually, missingEngines, startNats, within } from '@admit-one/testkit';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { expectStory } from '../stack/audit-log.ts';
import { runProgram } from '../stack/program.ts';
import { issueTicket } from '../stack/visitor.ts';
import {
  ADMITTED,
  type Example,
  type ExampleStack,
  startExample,
  startExampleStack,
} from './example.fixture.ts';

const missing = missingEngines('nats');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

type Options = Partial<ManagerOptions & SocketOptions>;
interface Welcome {
  readonly user: string;
  readonly connection: string;
}

describe.skipIf(missing)(`the Socket.IO example${skipped}`, () => {
  let running: ExampleStack;
  let example: Example;
  const clients: Socket[] = [];

  beforeAll(async () => {
    running = await startExampleStack();
    example = await startExample('socket.io', running.nats);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    expect(await example.stop()).toBe(0);
    expect(example.program.stderr()).toBe('');
    await running.stop();
  });

  function open(options: Options, at = example.url): Socket {
    const client = io(at, { forceNew: true, reconnection: false, autoConnect: false, ...options });
    clients.push(client);
    return client;
  }

  function welcomed(client: Socket): Promise<Welcome> {
    const welcome = new Promise<Welcome>((resolve, reject) => {
      client.once('welcome', resolve);
      client.once('connect_error', reject);
      client.connect();
    });
    return within(welcome, 'the welcome');
  }

  function rejected(client: Socket): Promise<Error & { data?: { code: string; status: number } }> {
    return new Promise((resolve, reject) => {
      client.once('connect_error', resolve);
      client.once('connect', () => reject(new Error('it was admitted')));
      client.connect();
    });
  }

  const transports = [['websocket'], ['polling'], ['polling', 'websocket']];
  const carriers = ['auth', 'query'] as const;
  const cases = transports.flatMap((ways) => carriers.map((carrier) => ({ ways, carrier })));

  test.each(cases)('admits once by $ways with the ticket in $carrier', async ({ ways, carrier }) => {
    const { ticket, ticketId } = await issueTicket(running.stack);
    const client = open({ transports: ways, [carrier]: { ticket } });
    const echoed = new Promise((resolve) => client.emit('echo', 'sent before the connection', resolve));
    const { user, connection } = await welcomed(client);
    expect(user).toBe('test-user');
    expect(await echoed).toBe('sent before the connection');
    if (ways.length > 1) {
      await eventually(() => client.io.engine.transport.name === 'websocket', { what: 'the upgrade' });
      expect(await client.emitWithAck('echo', 'after the upgrade')).toBe('after the upgrade');
    }
    const story = await expectStory(running.stack, { ticket: ticketId }, ADMITTED);
    expect(story.at(-1)?.data).toMatchObject({
      connection,
      context: { carrier: carrier === 'auth' ? 'message' : 'query' },
    });

    const replay = await rejected(open({ transports: ways, [carrier]: { ticket } }));
    expect(replay.data).toMatchObject({ code: 'NOT_AUTHORIZED', status: 401 });
    expect(example.program.stdout()).not.toContain(ticket);
  });

  test('admits a session once for all its namespaces', async () => {
    const { ticket, ticketId } = await issueTicket(running.stack);
    const client = open({ auth: { ticket } });
    await welcomed(client);
    const news = client.io.socket('/news', { auth: { ticket } });
    const headline = new Promise((resolve) => news.once('headline', resolve).connect());
    expect(await within(headline, 'the headline')).toBe('A session needs one ticket');
    expect(await client.emitWithAck('echo', 'still here')).toBe('still here');
    await expectStory(running.stack, { ticket: ticketId }, ADMITTED);
  });

  test.each([{}, { ticket: 'x' }, { ticket: { $ne: '' } }, { ticket: '0'.repeat(32) }])(
    'rejects %j and closes the connection',
    async (auth) => {
      const client = open({ auth, transports: ['websocket'] });
      const rejection = rejected(client);
      const closed = new Promise((resolve) => client.io.once('close', resolve));
      expect((await rejection).data).toMatchObject({ code: 'NOT_AUTHORIZED' });
      await within(closed, 'the end of the connection');
    },
  );

  test('asks for a ticket at every namespace', async () => {
    const client = open({});
    const news = client.io.socket('/news', {});
    clients.push(news);
    expect((await rejected(news)).data).toMatchObject({ code: 'NOT_AUTHORIZED' });
  });

  test('never hears what is sent before the session has joined', async () => {
    const address = example.url.replace('http:', 'ws:');
    const socket = new WebSocket(`${address}/socket.io/?EIO=4&transport=websocket`);
    const received: string[] = [];
    socket.on('message', (data) => received.push(String(data)));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await eventually(() => received.length === 1, { what: 'the engine to open' });
    socket.send('420["echo","early"]');
    await within(closed, 'the end of the connection');
    expect(received).toEqual([expect.stringMatching(/^0\{/)]);
  });

  test('is visited as its README says', async () => {
    const visit = runProgram('examples/socket.io/dist/visit.js', [example.url, running.stack.tickets], {});
    expect(await visit.ended, visit.stderr()).toBe(0);
    expect(visit.stdout()).toMatch(/^hello .*\nreceived: there and back\n$/);
  });

  test('rejects within seconds where there is no ticket-service', async () => {
    const nats = await startNats();
    onTestFinished(nats.stop);
    const alone = await startExample('socket.io', nats);
    onTestFinished(async () => void (await alone.stop()));
    const rejection = await rejected(open({ auth: { ticket: '0'.repeat(32) } }, alone.url));
    expect(rejection.data).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
  });
});
