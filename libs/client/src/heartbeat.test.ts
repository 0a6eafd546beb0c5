import { expect, test } from 'vitest';
// The client loads it when it needs it, which takes real time.
import './renew.ts';
import { createWorld, elapse, problem, ticketReply } from './world.fixture.ts';

const HEARTBEAT = 'admit.v1.heartbeat';

/** A connected client whose server answers heartbeats with these words. */
async function connected(words: (beats: number) => string | undefined, options: object = {}) {
  const world = createWorld();
  let beats = 0;
  world.onUpgrade = (upgrade) => {
    const { send } = upgrade;
    upgrade.send = (data: never) => {
      send.call(upgrade, data);
      if (data !== HEARTBEAT) return;
      beats += 1;
      const answer = words(beats);
      if (answer !== undefined) queueMicrotask(() => upgrade.say(answer));
    };
    upgrade.accept(HEARTBEAT);
  };
  const client = world.connect(options);
  await elapse();
  expect(client.socket.state).toBe('open');
  return { ...client, world, upgrade: world.upgrades[0]!, renewals: () => renewalsOf(world.requests) };
}

function renewalsOf(requests: readonly { at: number; path: string; token: string | null; body: object }[]) {
  return requests
    .filter(({ path }) => path === '/api/websocket/renew')
    .map(({ at, token, body }) => ({ at: at - 1_700_000_000_000, token, body }));
}

test('heartbeats are invisible to the application, and keep the connection', async () => {
  const { socket, events, statuses, upgrade } = await connected(() => HEARTBEAT);
  const before = [events.length, statuses.length];
  await elapse(100_000);
  expect(socket).toMatchObject({ state: 'open', protocol: '' });
  expect([events.length, statuses.length]).toEqual(before);
  expect(upgrade.sent).toEqual(Array(5).fill(HEARTBEAT));
  upgrade.say('hello');
  expect(events.at(-1)).toBe('message');
});

test('a half-open connection is noticed within two heartbeats, and replaced', async () => {
  const { socket, closes, world, upgrade } = await connected((beats) => (beats > 1 ? undefined : HEARTBEAT));
  await elapse(49_999);
  expect(socket.state).toBe('open');
  await elapse(1);
  expect(closes).toEqual([{ code: 1006, reason: '', wasClean: false }]);
  expect(upgrade.closedWith).toBeDefined();
  expect(socket.reason).toBe('NETWORK');
  await elapse(1_000);
  expect(world.upgrades).toHaveLength(2);
});

test('any message shows that the connection is alive', async () => {
  const { socket, upgrade } = await connected(() => undefined);
  for (let n = 0; n < 4; n += 1) {
    await elapse(24_000);
    upgrade.say('news');
  }
  expect(socket.state).toBe('open');
});

test('sends no heartbeats to a server that has not agreed on them', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept('admit.v1');
  const { socket, events } = world.connect();
  await elapse(200_000);
  expect(socket.state).toBe('open');
  expect(world.upgrades[0]?.sent).toEqual([]);
  // Then the text is the application's.
  world.upgrades[0]?.say(HEARTBEAT);
  expect(events.at(-1)).toBe('message');
});

test('renews a connection with a fresh token before it expires, without the application noticing', async () => {
  const fresh: boolean[] = [];
  const getToken = ({ fresh: asked }: { fresh: boolean }) => {
    fresh.push(asked);
    return `token-${fresh.length}`;
  };
  const left = [100, 100, 200, 200];
  const { socket, events, statuses, world, upgrade, renewals } = await connected(
    (beats) => `${HEARTBEAT} ${left[Math.min(beats, left.length) - 1]}`,
    { getToken },
  );
  const before = [events.length, statuses.length];
  // Random is 0.5: after 70 % of the time.
  await elapse(80_000);
  expect(renewals()).toEqual([{ at: 70_000, token: 'token-2', body: { ticketId: 'id-1' } }]);
  await elapse(100_000);
  expect(renewals()).toHaveLength(1);
  await elapse(100_000);
  expect(renewals()).toHaveLength(2);
  expect(fresh).toEqual([false, true, true]);
  expect(socket.state).toBe('open');
  expect([events.length, statuses.length]).toEqual(before);
  expect([world.upgrades.length, upgrade.closedWith]).toEqual([1, undefined]);
});

test('the renewal is posted beside ticketUrl, and keeps its query', async () => {
  const { world } = await connected(() => `${HEARTBEAT} 100`, {
    ticketUrl: '/api/websocket/ticket?route=a/b',
  });
  await elapse(80_000);
  expect(world.requests.map(({ path }) => path)).toEqual([
    '/api/websocket/ticket?route=a/b',
    '/api/websocket/renew?route=a/b',
  ]);
});

test('a renewal that fails is tried again in the time that is left', async () => {
  let left = 100;
  const { socket, world, renewals } = await connected(() => `${HEARTBEAT} ${left}`);
  world.answer = ({ path }) => {
    left = 30;
    return path.endsWith('renew') ? problem(503, 'UNAVAILABLE') : ticketReply(2);
  };
  await elapse(95_000);
  expect(renewals().map(({ at }) => at)).toEqual([70_000, 91_000]);
  left = 0;
  await elapse(30_000);
  expect(renewals().length).toBeLessThan(8);
  expect(socket.state).toBe('open');
});

test.each([
  ['a token that is missing', { getToken: ({ fresh }: { fresh: boolean }) => (fresh ? null : 'token') }],
  ['tickets of the own backend', { getTicket: () => ({ ticket: '0'.repeat(32), ticketId: 'id-1' }) }],
  ['a JWT', { useTickets: false }],
])('with %s nothing is renewed, and the connection is kept until it expires', async (_, options) => {
  const { socket, renewals } = await connected(() => `${HEARTBEAT} 100`, options);
  await elapse(150_000);
  expect(renewals()).toEqual([]);
  expect(socket.state).toBe('open');
});

test('renews nothing after the connection has ended', async () => {
  const { socket, renewals } = await connected(() => `${HEARTBEAT} 100`);
  socket.close();
  await elapse(200_000);
  expect(renewals()).toEqual([]);
});
