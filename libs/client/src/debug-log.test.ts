import { expect, test, vi } from 'vitest';
import type { ConnectOptions } from './options.ts';
import { createWorld, elapse, problem, type World } from './world.fixture.ts';

/** Connects with a debug console and returns its lines, with the level first unless it is `log`. */
async function connectWithLog(world: World, options: Partial<ConnectOptions> = {}): Promise<unknown[][]> {
  const lines: unknown[][] = [];
  world.connect({
    ...options,
    debug: {
      log: (...line) => lines.push(line),
      warn: (...line) => lines.push(['warn', ...line]),
      error: (...line) => lines.push(['error', ...line]),
    },
  });
  await vi.dynamicImportSettled();
  await elapse();
  return lines;
}

const connecting = [
  ['[WS] Step 1/3: Ensuring JWT token exists...'],
  ['[WS] JWT ready'],
  ['[WS] Step 2/3: Requesting NEW WebSocket ticket (one-time, 30s TTL)...'],
  ['[WS] Ticket obtained, connecting to WebSocket...'],
  ['[WS] Step 3/3: Connecting with ticket...'],
];
const connected = [...connecting, ['[WS] Connected ✅']];

test('a connection, its loss and the reconnect', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const lines = await connectWithLog(world);
  expect(lines).toEqual(connected);

  world.upgrades[0]?.end(1006);
  await elapse(1_000);
  expect(lines.slice(6)).toEqual([
    ['[WS] Disconnected', { code: 1006, reason: '', wasClean: false }],
    ['[WS] Reconnecting in 125ms (attempt 1) - will fetch NEW ticket'],
    ...connected,
  ]);
});

test('a service that is unavailable', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const lines = await connectWithLog(world);
  expect(lines.slice(2)).toEqual([
    connecting[2],
    ['error', '[WS] Failed to connect', { status: 503, code: 'REDIS_UNAVAILABLE' }],
    ['warn', '[WS] Soft failure - service unavailable (503), will retry'],
    ['[WS] Reconnecting in 125ms (attempt 1) - will fetch NEW ticket'],
  ]);
});

test('a network failure', async () => {
  const world = createWorld();
  const error = new TypeError('failed to fetch');
  world.answer = () => Promise.reject(error);
  const lines = await connectWithLog(world);
  expect(lines.slice(3)).toEqual([
    ['error', '[WS] Failed to connect (network error)', error],
    ['[WS] Reconnecting in 125ms (attempt 1) - will fetch NEW ticket'],
  ]);
});

test('a token without a session', async () => {
  const world = createWorld();
  world.answer = () => problem(401, 'MISSING_SESSION');
  const lines = await connectWithLog(world);
  const response = { status: 401, code: 'MISSING_SESSION' };
  expect(lines.slice(3)).toEqual([
    ['error', '[WS] Failed to connect', response],
    ['error', '[WS] Hard failure - auth error', response],
    ['error', '[WS] Ticket request failed: 401 UNAUTHORIZED - stopping reconnect'],
  ]);
});

test('a rejected token and its refresh', async () => {
  const world = createWorld();
  const { answer } = world;
  world.answer = (seen) => (seen.token === 'new' ? answer(seen) : problem(401, 'INVALID_TOKEN'));
  world.onUpgrade = (upgrade) => upgrade.accept();
  const lines = await connectWithLog(world, { getToken: ({ fresh }) => (fresh ? 'new' : 'stale') });
  expect(lines.slice(3)).toEqual([
    ['[Auth] Received 401 INVALID_TOKEN, refreshing token...'],
    ['[Auth] Retrying request with new token'],
    ...connected.slice(3),
  ]);
});

test('a blocked origin', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    upgrade.end(1008, 'ORIGIN_BLOCKED');
  };
  const lines = await connectWithLog(world);
  const closeInfo = { code: 1008, reason: 'ORIGIN_BLOCKED', wasClean: true };
  expect(lines.slice(5)).toEqual([
    ['[WS] Connected ✅'],
    ['[WS] Disconnected', closeInfo],
    ['error', '[WS] Hard failure - stopping reconnect', closeInfo],
  ]);
});

test('the fallback to the JWT', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.onUpgrade = (upgrade) => upgrade.accept();
  const lines = await connectWithLog(world, { fallback: 'jwt' });
  await elapse(10_000);
  expect(lines.slice(-4)).toEqual([
    ['[WS] Step 1/3: Ensuring JWT token exists...'],
    ['[WS] JWT ready'],
    ['[WS] Step 3/3: Connecting with JWT...'],
    ['[WS] Connected ✅'],
  ]);
});

test('no line contains a token or a ticket', async () => {
  const world = createWorld();
  const { answer } = world;
  const codes = [503, 401, 429, 500];
  world.answer = (seen) => {
    const status = codes.shift();
    return status ? problem(status, `CODE_${'X'.repeat(status % 7)}`) : answer(seen);
  };
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    upgrade.end(4401, 'NOT_AUTHORIZED');
  };
  const lines = await connectWithLog(world, { getToken: () => 'secret.token' });
  await elapse(300_000);
  const text = JSON.stringify(lines);
  expect(lines.length).toBeGreaterThan(30);
  expect(text).not.toContain('secret.token');
  for (const { ticket } of world.upgrades) expect(text).not.toContain(ticket);
});

test('nothing is logged without the option', async () => {
  const lines = ['log', 'warn', 'error', 'info', 'debug'].map((level) => vi.spyOn(console, level as 'log'));
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.connect();
  await elapse(60_000);
  for (const line of lines) expect(line).not.toHaveBeenCalled();
});
