import { expect, test } from 'vitest';
import { createWorld, elapse, problem, type World } from './world.fixture.ts';

/** Jitter close to its maximum. */
const MAX_JITTER = 0.999_999;

/** The times between the ticket requests, in milliseconds. */
function gaps({ requests }: World): number[] {
  return requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
}

function rejectTickets(world: World): void {
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    upgrade.end(4401, 'NOT_AUTHORIZED');
  };
}

test('the delay doubles from 250 ms to 5 s', async () => {
  const world = createWorld();
  world.random = MAX_JITTER;
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.connect();
  await elapse(30_000);
  expect(gaps(world)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
});

test('jitter picks any part of the delay', async () => {
  const world = createWorld();
  world.random = 0.1;
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.connect();
  await elapse(3_000);
  expect(gaps(world)).toEqual([25, 50, 100, 200, 400, 500, 500, 500, 500]);
});

test('in an outage of minutes the delay grows to 30 s', async () => {
  const world = createWorld();
  world.random = MAX_JITTER;
  world.answer = () => Promise.reject(new TypeError('failed to fetch'));
  const { socket } = world.connect();
  await elapse(600_000);
  expect(gaps(world).at(-1)).toBe(30_000);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NETWORK' });
});

test('a connection that stays open for 10 s resets the delay', async () => {
  const world = createWorld();
  world.random = MAX_JITTER;
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    setTimeout(() => upgrade.end(1013), world.upgrades.length === 4 ? 10_000 : 9_000);
  };
  world.connect();
  await elapse(50_000);
  expect(gaps(world)).toEqual([9_250, 9_500, 10_000, 10_250, 9_500]);
});

test('Retry-After is added to the delay', async () => {
  const world = createWorld();
  world.random = MAX_JITTER;
  world.answer = () => problem(429, 'RATE_LIMITED', { 'retry-after': '7' });
  const { socket } = world.connect();
  await elapse();
  expect(socket).toMatchObject({ state: 'waiting', reason: 'RATE_LIMITED', nextRetryAt: Date.now() + 7_250 });
  await elapse(20_000);
  expect(gaps(world)).toEqual([7_250, 7_500]);
});

test.each([
  ['in ten seconds', 10_000, 10_125],
  ['that is over', -60_000, 125],
])('Retry-After may be a date %s', async (_, offsetMs, delayMs) => {
  const world = createWorld();
  const date = new Date(Date.now() + offsetMs).toUTCString();
  world.answer = () => problem(503, 'UNAVAILABLE', { 'retry-after': date });
  const { socket } = world.connect();
  await elapse();
  expect(socket.nextRetryAt).toBe(Date.now() + delayMs);
});

test.each(['error 502', 'RATE_LIMITED 5 s', 'RATE_LIMITED 2099-01-01'])(
  'a close reason of another form carries no Retry-After: %s',
  async (text) => {
    const world = createWorld();
    world.onUpgrade = (upgrade) => {
      upgrade.accept();
      upgrade.end(1011, text);
    };
    const { socket } = world.connect();
    await elapse();
    expect(socket.nextRetryAt).toBe(Date.now() + 125);
  },
);

test('a close reason can carry Retry-After, and a page event does not shorten it', async () => {
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

test('after a restart the first delay is longer', async () => {
  const world = createWorld();
  world.random = MAX_JITTER;
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
  [MAX_JITTER, 60_000],
])('after three rejected tickets there is one attempt every 30 to 60 s (jitter %d)', async (random, gap) => {
  const world = createWorld();
  world.random = random;
  rejectTickets(world);
  const { socket } = world.connect();
  await elapse(1_000);
  expect(world.requests).toHaveLength(3);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NOT_AUTHORIZED' });
  expect(socket.nextRetryAt).toBeGreaterThanOrEqual(Date.now() + 29_000 - 1_000);
  await elapse(180_000);
  expect(gaps(world).slice(2)).toEqual(Array(Math.floor(180_000 / gap)).fill(gap));
});

test('an accepted ticket ends the long delays', async () => {
  const world = createWorld();
  rejectTickets(world);
  const { socket } = world.connect();
  await elapse(1_000);
  world.onUpgrade = (upgrade) => upgrade.accept();
  await elapse(60_000);
  expect(socket.state).toBe('open');
  world.upgrades.at(-1)?.end(1006);
  await elapse(500);
  expect(socket.state).toBe('open');
});

test('at most 30 attempts start in a minute, with resume() and page events too', async () => {
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

test('attempts go on after the clock is set back', async () => {
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
