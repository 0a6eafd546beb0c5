import { expect, test } from 'vitest';
import { WebSocket as WsWebSocket } from 'ws';
import type { AdmitSocket } from './admit-socket.ts';
import type { Environment } from './environment.ts';
import { createWebSocketClass } from './web-socket-class.ts';
import { createWorld, elapse, problem } from './world.fixture.ts';

test('it is a WebSocket to the types, and classes of WebSockets are what it takes', () => {
  const look = (socket: AdmitSocket): WebSocket => socket;
  const native = (Class: typeof WebSocket): Partial<Environment> => ({ WebSocket: Class });
  const ofWs: Partial<Environment> = { WebSocket: WsWebSocket };
  expect([look, native, ofWs]).toHaveLength(3);
});

test('handlers, listeners, constants and messages are those of a WebSocket', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  const heard: unknown[] = [];
  expect([socket.onopen, socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED]).toEqual([
    null,
    0,
    1,
    2,
    3,
  ]);
  socket.onopen = ({ type }) => heard.push(type);
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onclose = ({ code, reason, wasClean }) => heard.push([code, reason, wasClean]);
  socket.onerror = ({ type }) => heard.push(type);

  await elapse();
  world.upgrades[0]?.say('hello');
  socket.send('hi');
  world.upgrades[0]?.end(1006);
  expect(heard).toEqual(['open', 'hello', 'error', [1006, '', false]]);
  expect(world.upgrades[0]?.sent).toEqual(['hi']);
  expect(socket.readyState).toBe(0);
});

test('attempts that fail in between are no events of a WebSocket', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const { events: heard, states } = world.connect();
  await elapse(10_000);
  expect(heard).toEqual([]);
  expect(states().length).toBeGreaterThan(6);
});

test('each change of state is told once', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const { statuses } = world.connect();
  await elapse(10_000);
  const shown = statuses.map((status) => JSON.stringify(status));
  expect(shown.filter((status, index) => status === shown[index - 1])).toEqual([]);
});

test('the kind of binary messages holds for every connection', async () => {
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

test('a close ends the connection and all attempts', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, closes, events: heard } = world.connect();
  await elapse();
  socket.close(4000, 'done');
  expect(world.upgrades[0]?.closedWith).toEqual([4000, 'done']);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'CLOSED', readyState: 3 });
  world.upgrades[0]?.say('late');
  socket.close();
  await elapse(3_600_000);
  expect(closes).toHaveLength(1);
  expect(heard).toEqual(['open', 'close']);
  expect(world.requests).toHaveLength(1);
});

test('a close before anything began begins nothing', async () => {
  const world = createWorld();
  const { socket, states } = world.connect();
  socket.close();
  await elapse(60_000);
  expect(states()).toEqual(['stopped']);
  expect(world.requests).toEqual([]);
});

test.each(['statechange', 'open'])('a close in a listener of %s is the last that happens', async (type) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, events: heard, closes } = world.connect();
  socket.addEventListener(type, () => socket.state === 'open' && socket.close());
  await elapse(60_000);
  expect(socket.state).toBe('stopped');
  expect(closes).toHaveLength(1);
  expect(heard.at(-1)).toBe('close');
});

test('a close in the token function is the last that happens', async () => {
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

test('a class for libraries: every object is one connection', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept('mqtt');
  const AdmitSocketClass = createWebSocketClass({ getToken: () => 'token', environment: world.environment });
  const { CONNECTING, OPEN, CLOSING, CLOSED } = AdmitSocketClass;
  expect([CONNECTING, OPEN, CLOSING, CLOSED]).toEqual([0, 1, 2, 3]);
  const socket = new AdmitSocketClass('wss://api.example.com/ws/chat', ['mqtt']);
  await elapse();
  expect(socket).toMatchObject({ readyState: 1, protocol: 'mqtt' });
  expect(world.upgrades[0]?.protocols.slice(0, 2)).toEqual(['mqtt', 'admit.v1']);

  world.upgrades[0]?.end(1012, 'RESTARTING');
  world.page('show');
  await elapse(120_000);
  expect(socket).toMatchObject({ readyState: 3, state: 'stopped', reason: 'RESTARTING' });
  expect(world.requests).toHaveLength(1);
  expect(world.pageListeners()).toBe(0);
});

test('an object of that class that does not come to a connection ends with a close', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const AdmitSocketClass = createWebSocketClass({ getToken: () => 'token', environment: world.environment });
  const socket = new AdmitSocketClass('wss://api.example.com/ws');
  const heard: unknown[] = [];
  socket.onerror = () => heard.push('error');
  socket.onclose = ({ code, reason }) => heard.push([code, reason]);
  await elapse();
  expect(heard).toEqual(['error', [1006, 'REDIS_UNAVAILABLE']]);
});
