import { expect, test } from 'vitest';
import { WebSocket as WsWebSocket } from 'ws';
import type { AdmitSocket } from './admit-socket.ts';
import type { Environment } from './environment.ts';
import { createWebSocketClass } from './web-socket-class.ts';
import { createWorld, elapse, problem } from './world.fixture.ts';

test('its type is assignable to WebSocket, and it accepts WebSocket classes', () => {
  const look = (socket: AdmitSocket): WebSocket => socket;
  const native = (Class: typeof WebSocket): Partial<Environment> => ({ WebSocket: Class });
  const ofWs: Partial<Environment> = { WebSocket: WsWebSocket };
  expect([look, native, ofWs]).toHaveLength(3);
});

test('has the handlers, constants and messages of a WebSocket', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  const events: unknown[] = [];
  expect([socket.onopen, socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED]).toEqual([
    null,
    0,
    1,
    2,
    3,
  ]);
  socket.onopen = ({ type }) => events.push(type);
  socket.onmessage = ({ data }) => events.push(data);
  socket.onclose = ({ code, reason, wasClean }) => events.push([code, reason, wasClean]);
  socket.onerror = ({ type }) => events.push(type);

  await elapse();
  world.upgrades[0]?.say('hello');
  socket.send('hi');
  world.upgrades[0]?.end(1006);
  expect(events).toEqual(['open', 'hello', 'error', [1006, '', false]]);
  expect(world.upgrades[0]?.sent).toEqual(['hi']);
  expect(socket.readyState).toBe(0);
});

test('failed attempts fire no WebSocket events', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const { events, states } = world.connect();
  await elapse(10_000);
  expect(events).toEqual([]);
  expect(states().length).toBeGreaterThan(6);
});

test('statechange fires once per change', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const { statuses } = world.connect();
  await elapse(10_000);
  const shown = statuses.map((status) => JSON.stringify(status));
  expect(shown.filter((status, index) => status === shown[index - 1])).toEqual([]);
});

test('binaryType applies to every connection', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  await elapse();
  expect(world.upgrades[0]?.binaryType).toBe('blob');
  socket.binaryType = 'arraybuffer';
  expect(world.upgrades[0]?.binaryType).toBe('arraybuffer');
  world.upgrades[0]?.end(1012);
  await elapse(1_000);
  expect(world.upgrades[1]?.binaryType).toBe('arraybuffer');
});

test('close() ends the connection and all attempts', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, closes, events } = world.connect();
  await elapse();
  socket.close(4000, 'done');
  expect(world.upgrades[0]?.closedWith).toEqual([4000, 'done']);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'CLOSED', readyState: 3 });
  world.upgrades[0]?.say('late');
  socket.close();
  await elapse(3_600_000);
  expect(closes).toHaveLength(1);
  expect(events).toEqual(['open', 'close']);
  expect(world.requests).toHaveLength(1);
});

test('close() before the first attempt prevents it', async () => {
  const world = createWorld();
  const { socket, states } = world.connect();
  socket.close();
  await elapse(60_000);
  expect(states()).toEqual(['stopped']);
  expect(world.requests).toEqual([]);
});

test.each([
  ['statechange', 'authenticating'],
  ['statechange', 'connecting'],
  ['statechange', 'open'],
  ['open', 'open'],
])('close() in a %s listener is final: %s', async (type, state) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, events, closes } = world.connect();
  socket.addEventListener(type, () => socket.state === state && socket.close());
  await elapse(60_000);
  expect(socket.state).toBe('stopped');
  expect(closes).toHaveLength(1);
  expect(events.at(-1)).toBe('close');
  expect(world.upgrades).toHaveLength(state === 'open' ? 1 : 0);
});

test.each([
  ['a failure', () => problem(503, 'UNAVAILABLE')],
  ['a rejected token', () => problem(401, 'INVALID_TOKEN')],
])('close() when the signal of getToken aborts is final: %s', async (_, answer) => {
  const world = createWorld();
  world.answer = answer;
  const { socket } = world.connect({
    getToken({ signal }) {
      signal.addEventListener('abort', () => socket.close());
      return 'token';
    },
  });
  await elapse(60_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'CLOSED' });
  expect(world.requests).toHaveLength(1);
});

test('close() in getToken is final', async () => {
  const world = createWorld();
  const { socket } = world.connect({
    getToken() {
      socket.close();
      return 'token';
    },
  });
  await elapse(60_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'CLOSED' });
  expect(world.requests).toEqual([]);
});

test('createWebSocketClass: an object is one connection and does not reconnect', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept('mqtt');
  const AdmitSocketClass = createWebSocketClass({ getToken: () => 'token', environment: world.environment });
  const { CONNECTING, OPEN, CLOSING, CLOSED } = AdmitSocketClass;
  expect([CONNECTING, OPEN, CLOSING, CLOSED]).toEqual([0, 1, 2, 3]);
  const socket = new AdmitSocketClass('wss://api.example.com/ws/chat', ['mqtt']);
  await elapse();
  expect(socket).toMatchObject({ readyState: 1, protocol: 'mqtt' });
  expect(world.upgrades[0]?.protocols.slice(0, 2)).toEqual(['mqtt', 'admit.v1.heartbeat']);

  world.upgrades[0]?.end(1012, 'RESTARTING');
  world.page('show');
  await elapse(120_000);
  expect(socket).toMatchObject({ readyState: 3, state: 'stopped', reason: 'RESTARTING' });
  expect(world.requests).toHaveLength(1);
  expect(world.pageListeners()).toBe(0);
});
