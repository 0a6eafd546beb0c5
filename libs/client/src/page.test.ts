import { expect, test } from 'vitest';
import { createWorld, elapse, problem, ticketReply } from './world.fixture.ts';

test('reconnects when the network is back', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  await elapse();
  world.online = false;
  world.upgrades[0]?.end(1006);
  await elapse(29_000);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'OFFLINE', nextRetryAt: Date.now() + 1_000 });
  expect(world.requests).toHaveLength(1);

  world.online = true;
  world.page('show');
  await elapse();
  expect(socket.state).toBe('open');
  expect(world.requests).toHaveLength(2);
});

test('does not believe for ever that there is no network', async () => {
  const world = createWorld();
  world.answer = () => Promise.reject(new TypeError('failed to fetch'));
  world.online = false;
  const { socket } = world.connect();
  await elapse(100_000);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'OFFLINE' });
  expect(world.requests.map(({ at }) => at - 1_700_000_000_000)).toEqual([30_000, 60_000, 90_000]);

  world.answer = () => ticketReply(1);
  world.onUpgrade = (upgrade) => upgrade.accept();
  await elapse(20_000);
  expect(socket.state).toBe('open');
});

test('a client created offline connects when there is a network', async () => {
  const world = createWorld();
  world.online = false;
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  await elapse(1_000);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'OFFLINE' });
  world.page('show');
  await elapse(1_000);
  expect(world.requests).toEqual([]);
  world.online = true;
  world.page('show');
  await elapse();
  expect(socket.state).toBe('open');
});

test('a page that is shown again retries without waiting', async () => {
  const world = createWorld();
  world.random = 0.9;
  const { answer } = world;
  world.answer = () => Promise.reject(new TypeError('failed to fetch'));
  const { socket } = world.connect();
  await elapse(10_000);
  expect(socket.state).toBe('waiting');
  world.answer = answer;
  world.onUpgrade = (upgrade) => upgrade.accept();
  world.page('show');
  await elapse();
  expect(socket.state).toBe('open');
});

test('a hidden page closes its connection and reconnects when it is shown', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, closes } = world.connect();
  await elapse();
  world.page('hide');
  expect(world.upgrades[0]?.closedWith).toBeDefined();
  expect(socket).toMatchObject({ state: 'waiting', reason: 'HIDDEN' });
  expect(closes).toEqual([{ code: 1000, reason: '', wasClean: true }]);

  world.page('show');
  await elapse();
  expect(socket.state).toBe('open');
  expect(world.upgrades).toHaveLength(2);
  expect(world.requests[1]?.body.lastFailure).toMatchObject({ code: 1001, reason: 'HIDDEN', phase: 'open' });
});

test('an attempt that is interrupted by hiding is followed by a new one', async () => {
  const world = createWorld();
  const { socket } = world.connect();
  await elapse();
  world.page('hide');
  world.onUpgrade = (upgrade) => upgrade.accept();
  await elapse(1_000);
  expect(socket.state).toBe('open');
  expect(new Set(world.upgrades.map(({ ticket }) => ticket)).size).toBe(2);
});

test('a page that is shown a minute after a rejection retries once', async () => {
  const world = createWorld();
  world.answer = () => problem(401, 'MISSING_SESSION');
  const { socket } = world.connect();
  await elapse();
  expect(socket.state).toBe('stopped');
  await elapse(59_000);
  world.page('show');
  await elapse();
  expect(world.requests).toHaveLength(1);

  await elapse(1_000);
  for (const _ of [1, 2, 3]) {
    world.page('show');
    await elapse(100);
  }
  expect(world.requests).toHaveLength(2);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'MISSING_SESSION' });
});

test.each([1000, 1005])('a normal close (%i) is final, even if the page is shown again', async (code) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  await elapse();
  world.upgrades[0]?.end(code);
  await elapse(3_600_000);
  world.page('show');
  await elapse(60_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'CLOSED' });
  expect(world.requests).toHaveLength(1);
  expect(world.pageListeners()).toBe(0);
});

test('close() removes the page listeners, and resume() adds them', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect();
  await elapse();
  expect(world.pageListeners()).toBe(1);
  socket.close();
  expect(world.pageListeners()).toBe(0);
  socket.resume();
  await elapse();
  expect(socket.state).toBe('open');
  expect(world.pageListeners()).toBe(1);
});
