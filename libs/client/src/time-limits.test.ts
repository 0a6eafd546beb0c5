import { expect, test } from 'vitest';
import { createWorld, elapse, neverResponds, ticketReply } from './world.fixture.ts';

test.each([
  ['the token', 'token'],
  ['the ticket', 'ticket'],
  ['the upgrade', 'connecting'],
])('%s is limited to 10 s', async (_, step) => {
  const world = createWorld();
  const { answer } = world;
  let isStuck = true;
  world.answer = (seen) => (isStuck && step === 'ticket' ? neverResponds() : answer(seen));
  world.onUpgrade = (upgrade) => isStuck || upgrade.accept();
  const { socket } = world.connect({
    getToken: () => (isStuck && step === 'token' ? neverResponds() : 'token'),
  });
  await elapse(9_999);
  expect(socket.state).toBe(step === 'connecting' ? 'connecting' : 'authenticating');
  await elapse(1);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'TIMEOUT' });

  isStuck = false;
  await elapse(1_000);
  expect(socket.state).toBe('open');
  expect(world.requests.at(-1)?.body.lastFailure).toMatchObject({
    code: null,
    reason: 'TIMEOUT',
    phase: step,
  });
});

test('timeoutMs sets the limit', async () => {
  const world = createWorld();
  const { socket } = world.connect({ timeoutMs: 500 });
  await elapse(500);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'TIMEOUT' });
});

test('the ticket status request counts towards the limit of the upgrade', async () => {
  const world = createWorld();
  const { answer } = world;
  world.answer = (seen) => (seen.path.endsWith('/status') ? neverResponds() : answer(seen));
  world.onUpgrade = (upgrade) => upgrade.end(1006);
  const { socket } = world.connect();
  await elapse(9_999);
  expect(socket.state).toBe('connecting');
  await elapse(1);
  expect(socket.state).toBe('waiting');
});

test('a late token, ticket or connection is ignored', async () => {
  const world = createWorld();
  const late: ((token: string) => void)[] = [];
  const { socket } = world.connect({
    getToken: () => new Promise<string>((resolve) => void late.push(resolve)),
  });
  await elapse(10_500);
  expect(late).toHaveLength(2);
  late[0]?.('of the first attempt');
  await elapse();
  expect(world.requests).toEqual([]);
  expect(socket.state).toBe('authenticating');

  world.answer = () => neverResponds();
  late[1]?.('of the second attempt');
  await elapse(10_500);
  world.answer = () => ticketReply(7);
  late[2]?.('of the third attempt');
  await elapse();
  expect(world.requests.map(({ token }) => token)).toEqual(['of the second attempt', 'of the third attempt']);
  expect(world.upgrades).toHaveLength(1);

  await elapse(10_500);
  world.upgrades[0]?.accept();
  expect(socket.state).toBe('authenticating');
  expect(world.upgrades[0]?.closedWith).toBeDefined();
});

test('close() aborts the signal of getToken', async () => {
  const world = createWorld();
  const signals: AbortSignal[] = [];
  const { socket } = world.connect({
    getToken({ signal }) {
      signals.push(signal);
      return neverResponds();
    },
  });
  await elapse();
  expect(signals[0]?.aborted).toBe(false);
  socket.close();
  expect(signals[0]?.aborted).toBe(true);
});
