import { expect, onTestFinished, test, vi } from 'vitest';
import { connect } from './connect.ts';
import type { Environment } from './environment.ts';
import { createWorld, elapse, problem } from './world.fixture.ts';

test('connects by token, ticket and upgrade, and reports each step', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const getToken = vi.fn(() => 'token-1');
  const { socket, states, events } = world.connect({ getToken, route: 'chat' });
  expect(socket).toMatchObject({ state: 'idle', readyState: 0, reason: null, ticketId: null });

  await elapse();
  expect(states()).toEqual(['authenticating', 'connecting', 'open']);
  expect(events).toEqual(['open']);
  expect(getToken.mock.calls).toEqual([[{ fresh: false, reason: null, signal: expect.any(AbortSignal) }]]);
  expect(world.requests).toMatchObject([
    { path: '/api/websocket/ticket', token: 'token-1', body: { route: 'chat' } },
  ]);
  expect(world.upgrades).toHaveLength(1);
  expect(world.upgrades[0]).toMatchObject({
    url: 'wss://api.example.com/ws',
    protocols: ['admit.v1.heartbeat', 'admit.v1', 'ticket.00000000000000000000000000000001'],
  });
  expect(socket).toMatchObject({ state: 'open', readyState: 1, ticketId: 'id-1', nextRetryAt: null });
});

test('every connection uses a new ticket', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, events } = world.connect();
  for (const code of [1006, 1012, 1013]) {
    await elapse(20_000);
    expect(socket.state).toBe('open');
    world.upgrades.at(-1)?.end(code);
  }
  await elapse(20_000);
  const tickets = world.upgrades.map(({ ticket }) => ticket);
  expect(tickets).toHaveLength(4);
  expect(new Set(tickets).size).toBe(4);
  expect(events.filter((type) => type === 'open')).toHaveLength(4);
});

test('a failure is reported once, with the next ticket request', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  world.connect();
  await elapse(20_000);
  const at = Date.now();
  world.upgrades[0]?.end(1013, 'UNAVAILABLE');
  await elapse(20_000);
  world.upgrades[1]?.end(1012);
  await elapse(20_000);
  expect(world.requests.map(({ body }) => body.lastFailure)).toMatchObject([
    undefined,
    { code: 1013, reason: 'UNAVAILABLE', phase: 'open', attempts: 1, at },
    { code: 1012, reason: 'CLOSED', phase: 'open', attempts: 1 },
  ]);
});

test.each([
  ['ws://a.example/ws?x=1', undefined, 'ws://a.example/ws?x=1', 'http://a.example/api/websocket/ticket'],
  ['https://a.example/ws', undefined, 'wss://a.example/ws', 'https://a.example/api/websocket/ticket'],
  ['http://a.example:8080/ws', '/t', 'ws://a.example:8080/ws', 'http://a.example:8080/t'],
  ['wss://a.example/ws', 'https://b.example/t', 'wss://a.example/ws', 'https://b.example/t'],
])('resolves url %s and ticketUrl %s', async (url, ticketUrl, socketUrl, askedUrl) => {
  const world = createWorld();
  const fetched: string[] = [];
  const { fetch } = world.environment as Environment;
  world.connect({
    url,
    ...(ticketUrl === undefined ? {} : { ticketUrl }),
    environment: {
      async fetch(asked, init) {
        fetched.push(asked);
        return fetch(asked, init);
      },
    },
  });
  await elapse();
  expect(fetched).toEqual([askedUrl]);
  expect(world.upgrades[0]?.url).toBe(socketUrl);
});

test('an invalid URL throws at once', () => {
  const world = createWorld();
  expect(() => world.connect({ url: 'nowhere' })).toThrow(TypeError);
});

test('without a WebSocket class it says what to pass', () => {
  vi.stubGlobal('WebSocket', undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(() => connect({ url: 'wss://api.example.com/ws', getToken: () => 'token' })).toThrow(
    new TypeError('No WebSocket: pass environment.WebSocket'),
  );
});

test('what getToken throws is in the status until the next attempt succeeds, which is retried', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const error = new Error('the login service is away');
  let fails = true;
  const getToken = async () => {
    if (fails) throw error;
    return 'token';
  };
  const { socket, statuses } = world.connect({ getToken });
  await elapse();
  expect(statuses.at(-1)).toMatchObject({ state: 'waiting', reason: 'NETWORK', error });
  expect(socket.error).toBe(error);
  fails = false;
  await elapse(5_000);
  expect(statuses.at(-1)).toMatchObject({ state: 'open', reason: null, error: undefined });
});

test('the carrier query puts the ticket into the URL and leaves the subprotocols alone', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept('graphql-transport-ws');
  const { socket } = world.connect({ carrier: 'query', protocols: 'graphql-transport-ws' });
  await elapse();
  expect(world.upgrades[0]).toMatchObject({
    url: 'wss://api.example.com/ws?ticket=00000000000000000000000000000001',
    protocols: ['graphql-transport-ws'],
  });
  expect(socket).toMatchObject({ url: 'wss://api.example.com/ws', protocol: 'graphql-transport-ws' });
});

test('a rejected token is refreshed once, without delay', async () => {
  const world = createWorld();
  const { answer } = world;
  world.answer = (seen) => (seen.token === 'stale' ? problem(401, 'INVALID_TOKEN') : answer(seen));
  world.onUpgrade = (upgrade) => upgrade.accept();
  const getToken = vi.fn(({ fresh }) => (fresh ? 'new' : 'stale'));
  const { socket } = world.connect({ getToken });
  await elapse();
  expect(socket.state).toBe('open');
  expect(getToken.mock.calls.map(([need]) => [need.fresh, need.reason])).toEqual([
    [false, null],
    [true, 'INVALID_TOKEN'],
  ]);
});

test('a rejected fresh token stops the client', async () => {
  const world = createWorld();
  world.answer = () => problem(401, 'INVALID_TOKEN');
  const { socket, closes } = world.connect();
  await elapse(3_600_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'INVALID_TOKEN', readyState: 3 });
  expect(world.requests).toHaveLength(2);
  expect(closes).toEqual([{ code: 1006, reason: 'INVALID_TOKEN', wasClean: false }]);
});

test('after getToken throws, a fresh token is requested again', async () => {
  const world = createWorld();
  world.answer = () => problem(401, 'INVALID_TOKEN');
  const needs: boolean[] = [];
  const { socket } = world.connect({
    getToken({ fresh }) {
      needs.push(fresh);
      if (needs.length === 2) throw new Error('the issuer is away');
      return 'token';
    },
  });
  await elapse(60_000);
  expect(needs).toEqual([false, true, true]);
  expect(socket.state).toBe('stopped');
});

test('a session that expires on an open connection gets a fresh token', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const needs: boolean[] = [];
  const { socket } = world.connect({ getToken: ({ fresh }) => `${needs.push(fresh)}` });
  for (const _ of [1, 2]) {
    await elapse(20_000);
    world.upgrades.at(-1)?.end(4408, 'SESSION_EXPIRED');
  }
  await elapse(20_000);
  expect(socket.state).toBe('open');
  expect(needs).toEqual([false, true, true]);
});

test('without a token the client stops until resume()', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  let token: string | null = null;
  const { socket } = world.connect({ getToken: () => token });
  await elapse(30_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'SIGNED_OUT' });
  expect(world.requests).toEqual([]);

  token = 'token';
  socket.resume();
  await elapse();
  expect(socket.state).toBe('open');
});

test('a getToken that throws is retried', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  let calls = 0;
  const { socket, states } = world.connect({
    getToken() {
      calls += 1;
      if (calls < 3) throw new TypeError('failed to fetch');
      return 'token';
    },
  });
  await elapse(10_000);
  expect(socket.state).toBe('open');
  expect(states()).toEqual([
    ...['authenticating', 'waiting', 'authenticating', 'waiting', 'authenticating'],
    ...['connecting', 'open'],
  ]);
});

test('invalid subprotocols stop the client', async () => {
  const world = createWorld();
  const { socket } = world.connect({
    environment: {
      WebSocket: class {
        constructor() {
          throw new SyntaxError('the protocol is no token');
        }
      } as never,
    },
  });
  await elapse(60_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'BAD_UPGRADE' });
  expect(world.requests).toHaveLength(1);
});
