import { expect, test } from 'vitest';
import { createWorld, elapse, problem, type World } from './world.fixture.ts';

/** Almost all of each delay. */
const MOST = 0.999_999;

/** The times between the ticket requests, in milliseconds. */
function gaps({ requests }: World): number[] {
  return requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
}

function refuseTickets(world: World): void {
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    upgrade.end(4401, 'NOT_AUTHORIZED');
  };
}

test('the delay doubles from 250 ms to 5 s, over the whole sequence', async () => {
  const world = createWorld();
  world.random = MOST;
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.connect();
  await elapse(30_000);
  expect(gaps(world)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
});

test('the delay is any part of that', async () => {
  const world = createWorld();
  world.random = 0.1;
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.connect();
  await elapse(3_000);
  expect(gaps(world)).toEqual([25, 50, 100, 200, 400, 500, 500, 500, 500]);
});

test('after minutes of outage the delay grows to 30 s', async () => {
  const world = createWorld();
  world.random = MOST;
  world.answer = () => Promise.reject(new TypeError('failed to fetch'));
  const { socket } = world.connect();
  await elapse(600_000);
  expect(gaps(world).at(-1)).toBe(30_000);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NETWORK' });
});

test('only a connection that held makes the delays short again', async () => {
  const world = createWorld();
  world.random = MOST;
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    setTimeout(() => upgrade.end(1013), world.upgrades.length === 4 ? 10_000 : 9_000);
  };
  world.connect();
  await elapse(50_000);
  expect(gaps(world)).toEqual([9_250, 9_500, 10_000, 10_250, 9_500]);
});

test('the server says how long to wait', async () => {
  const world = createWorld();
  world.random = MOST;
  world.answer = () => problem(429, 'RATE_LIMITED', { 'retry-after': '7' });
  const { socket } = world.connect();
  await elapse();
  expect(socket).toMatchObject({ state: 'waiting', reason: 'RATE_LIMITED', nextRetryAt: Date.now() + 7_250 });
  await elapse(20_000);
  expect(gaps(world)).toEqual([7_250, 7_500]);
});

test('so does a close reason, and neither a page nor the network make that shorter', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    upgrade.end(4429, 'RATE_LIMITED 5');
  };
  const { socket } = world.connect();
  await elapse();
  expect(socket.nextRetryAt).toBe(Date.now() + 5_125);
  for (let second = 0; second < 5; second += 1) {
    world.page('show');
    await elapse(1_000);
  }
  expect(world.requests).toHaveLength(1);
  await elapse(125);
  expect(world.requests).toHaveLength(2);
});

test('those whom a restart disconnects spread out more', async () => {
  const world = createWorld();
  world.random = MOST;
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    if (world.upgrades.length === 1) upgrade.end(1012, 'RESTARTING');
  };
  world.connect();
  await elapse(10_000);
  expect(gaps(world)).toEqual([2_000]);
});

test.each([
  [0, 30_000],
  [MOST, 60_000],
])('after three refused tickets there is a try every 30 to 60 s (%d)', async (random, gap) => {
  const world = createWorld();
  world.random = random;
  refuseTickets(world);
  const { socket } = world.connect();
  await elapse(1_000);
  expect(world.requests).toHaveLength(3);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NOT_AUTHORIZED' });
  expect(socket.nextRetryAt).toBeGreaterThanOrEqual(Date.now() + 29_000 - 1_000);
  await elapse(180_000);
  expect(gaps(world).slice(2)).toEqual(Array(Math.floor(180_000 / gap)).fill(gap));
});

test('a ticket that is accepted at last ends the patience', async () => {
  const world = createWorld();
  refuseTickets(world);
  const { socket } = world.connect();
  await elapse(1_000);
  world.onUpgrade = (upgrade) => upgrade.accept();
  await elapse(60_000);
  expect(socket.state).toBe('open');
  world.upgrades.at(-1)?.end(1006);
  await elapse(500);
  expect(socket.state).toBe('open');
});

test('whoever asks, and however often: 30 attempts a minute', async () => {
  const world = createWorld();
  world.random = 0;
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  const { socket } = world.connect();
  for (let ms = 0; ms < 59_900; ms += 100) {
    socket.resume();
    world.page('show');
    await elapse(100);
  }
  expect(world.requests).toHaveLength(30);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'REDIS_UNAVAILABLE' });
  await elapse(200);
  expect(world.requests.length).toBeGreaterThan(30);
});

test('a clock that is set back stops nothing', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  let lag = 0;
  world.connect({ environment: { now: () => Date.now() - lag } });
  await elapse(60_000);
  const before = world.requests.length;
  lag = 3_600_000;
  await elapse(60_000);
  expect(world.requests.length - before).toBeGreaterThan(15);
});
