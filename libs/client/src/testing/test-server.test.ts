import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AdmitSocket } from '../admit-socket.ts';
import { connect } from '../connect.ts';
import type { ConnectOptions } from '../options.ts';
import type { PublicCode } from '../public-codes.ts';
import { rejectionCodes } from '../public-codes.ts';
import { createTestServer, type TestServer } from './test-server.ts';

let server: TestServer;

beforeEach(() => {
  server = createTestServer();
});
afterEach(() => vi.useRealTimers());

function client(options: Partial<ConnectOptions> = {}): AdmitSocket {
  const url = 'wss://api.example.com/ws';
  const { environment } = server;
  const socket = connect({ url, getToken: () => 'jwt', environment, ...options } as ConnectOptions);
  onTestFinished(() => socket.close());
  return socket;
}

test('admits the client and exchanges messages with it', async () => {
  const socket = client({ protocols: ['chat.v2', 'chat.v1'], route: 'chat' });
  const messages: unknown[] = [];
  socket.onmessage = ({ data, origin }) => messages.push([data, origin]);
  const connection = await server.connection();
  expect(socket).toMatchObject({ state: 'open', protocol: 'chat.v2' });
  expect(connection).toMatchObject({ url: 'wss://api.example.com/ws', protocols: ['chat.v2', 'chat.v1'] });
  expect(server.ticketRequests).toMatchObject([{ token: 'jwt', route: 'chat' }]);

  const awaited = connection.next();
  socket.send('one');
  socket.send('two');
  expect([await awaited, await connection.next()]).toEqual(['one', 'two']);
  expect(connection.received).toEqual(['one', 'two']);
  connection.send('three');
  await expect.poll(() => messages).toEqual([['three', 'wss://api.example.com']]);

  socket.close(4000, 'done');
  await expect.poll(() => connection.closeInfo).toEqual({ code: 4000, reason: 'done' });
});

test('admits a reconnect, which reports why the last connection ended', async () => {
  const socket = client();
  (await server.connection()).closeWith('RESTARTING', { retryAfterSeconds: 0 });
  (await server.connection()).drop();
  await server.connection();
  expect(socket.state).toBe('open');
  expect(server.ticketRequests.map(({ lastFailure }) => lastFailure?.reason)).toEqual([
    undefined,
    'RESTARTING',
    'NETWORK',
  ]);
});

const codes = Object.keys(rejectionCodes) as PublicCode[];
const ofAttempts = codes.filter((code) => rejectionCodes[code].http !== null);
const ofConnections = codes.filter((code) => rejectionCodes[code].close !== null);

/** Collects the reasons of all state changes. */
function reasonsOf(socket: AdmitSocket): unknown[] {
  const reasons: unknown[] = [];
  socket.addEventListener('statechange', ({ detail }) => reasons.push(detail.reason));
  return reasons;
}

test('answers the status of a ticket where ticketUrl has a query', async () => {
  server.reject('REDIS_UNAVAILABLE', { at: 'upgrade' });
  const reasons = reasonsOf(client({ ticketUrl: '/api/websocket/ticket?route=chat' }));
  await expect.poll(() => reasons).toContain('REDIS_UNAVAILABLE');
});

describe('the client gets the reason', () => {
  test.each(ofAttempts)('of a rejected ticket request: %s', async (code) => {
    server.reject(code);
    const reasons = reasonsOf(client());
    await expect.poll(() => reasons).toContain(code);
  });

  test.each(ofAttempts)('of a rejected upgrade: %s', async (code) => {
    server.reject(code, { at: 'upgrade' });
    const reasons = reasonsOf(client());
    await expect.poll(() => reasons).toContain(code);
  });

  test.each(ofConnections)('of a closed connection: %s', async (code) => {
    const reasons = reasonsOf(client());
    (await server.connection()).closeWith(code);
    await expect.poll(() => reasons).toContain(code);
  });
});

describe('throws for what the server never does', () => {
  test.each(codes.filter((code) => !ofAttempts.includes(code)))('%s rejects no attempt', (code) => {
    expect(() => server.reject(code)).toThrow(`${code} never rejects an attempt`);
  });

  test.each(codes.filter((code) => !ofConnections.includes(code)))(
    '%s closes no connection',
    async (code) => {
      client();
      const connection = await server.connection();
      expect(() => connection.closeWith(code)).toThrow(`${code} never closes a connection`);
    },
  );
});

test('admits a ticket once', async () => {
  const getTicket = () => 'the same ticket';
  const [first, second] = [
    client({ getToken: undefined, getTicket } as never),
    client({ getToken: undefined, getTicket } as never),
  ];
  await expect.poll(() => [first.reason, second.reason]).toContain('NOT_AUTHORIZED');
  expect([first.state, second.state]).toContain('open');
});

test('sends Retry-After', async () => {
  vi.useFakeTimers({ now: 0 });
  server.reject('RATE_LIMITED', { retryAfterSeconds: 5 });
  const socket = client();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket).toMatchObject({ state: 'waiting', nextRetryAt: 5_010 });
  await vi.advanceTimersByTimeAsync(5_009);
  expect(socket.state).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.state).toBe('open');
});

test('can be unreachable', async () => {
  server.setReachable(false);
  const socket = client();
  // At once: after thirty attempts, which take no time here, the client waits for a minute.
  await new Promise<void>((resolve) => {
    socket.addEventListener('statechange', ({ detail }) => detail.reason === 'NETWORK' && resolve());
  });
  server.setReachable(true);
  await server.connection();
});

test('can take the browser offline', async () => {
  server.setOnline(false);
  const socket = client();
  await expect.poll(() => socket.reason).toBe('OFFLINE');
  expect(server.ticketRequests).toEqual([]);
  server.setOnline(true);
  await server.connection();
});

test('can hide and show the page', async () => {
  const socket = client();
  const connection = await server.connection();
  server.hide();
  expect(socket.state).not.toBe('open');
  await expect.poll(() => connection.closeInfo).not.toBeNull();
  server.show();
  await server.connection();
});
