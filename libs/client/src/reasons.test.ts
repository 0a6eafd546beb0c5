import { type Reason, reasonRow, reasons } from '@admit-one/core/reasons';
import { expect, test } from 'vitest';
import { createWorld, elapse, problem, type World } from './world.fixture.ts';

const rows = (Object.keys(reasons) as Reason[]).map((reason) => ({ reason, ...reasonRow(reason) }));

/** The first attempt fails with this row, all others succeed. */
function failFirst(world: World, row: (typeof rows)[number], by: 'http' | 'close'): void {
  const { answer } = world;
  world.answer = (seen) =>
    by === 'http' && world.requests.length === 1 ? problem(row.http ?? 0, row.code) : answer(seen);
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    if (by === 'close' && world.upgrades.length === 1) upgrade.end(row.close ?? 0, row.code);
  };
}

/** One row per action and transport: `retry-decision.test.ts` covers the whole table. */
const samples = (['http', 'close'] as const).flatMap((by) =>
  (['stop', 'retry', 'refresh-token'] as const).flatMap((client) => {
    const row = rows.find((candidate) => candidate.client === client && candidate[by] !== null);
    return row ? [{ ...row, by }] : [];
  }),
);

test('there is a sample of each action and transport', () => {
  expect(samples).toHaveLength(6);
});

test.each(samples)('$client: $reason by $by', async ({ by, ...row }) => {
  const world = createWorld();
  failFirst(world, row, by);
  const fresh: boolean[] = [];
  const { socket, statuses } = world.connect({
    getToken: (context) => `token-${fresh.push(context.fresh)}`,
  });
  await elapse();
  expect(statuses.map(({ reason }) => reason)).toContain(row.code);

  await elapse(50_000);
  if (row.client === 'stop') {
    expect(socket).toMatchObject({ state: 'stopped', reason: row.code, nextRetryAt: null });
    expect(fresh).toEqual([false]);
    socket.resume();
    await elapse();
  } else expect(fresh).toEqual([false, row.client === 'refresh-token']);
  expect(socket).toMatchObject({ state: 'open', reason: null });
});

test('the ticket status has the reason of a failed upgrade', async () => {
  const world = createWorld();
  const { answer } = world;
  world.answer = (seen) =>
    seen.path.endsWith('/status')
      ? Response.json({
          state: 'issued',
          lastRejection: { reason: 'session_revoked', code: 'SESSION_REVOKED' },
        })
      : answer(seen);
  world.onUpgrade = (upgrade) => upgrade.end(1006);
  const { socket, closes } = world.connect();
  await elapse(60_000);
  expect(socket).toMatchObject({ state: 'stopped', reason: 'SESSION_REVOKED' });
  expect(closes).toEqual([{ code: 1006, reason: 'SESSION_REVOKED', wasClean: false }]);
  expect(world.requests.map(({ path, body }) => [path, body.ticket])).toEqual([
    ['/api/websocket/ticket', undefined],
    ['/api/websocket/ticket/status', '00000000000000000000000000000001'],
  ]);
});

test.each([
  ['not found', () => new Response('nothing here', { status: 404 })],
  ['no rejection', () => Response.json({ state: 'unknown', lastRejection: null })],
  ['network failure', () => Promise.reject(new TypeError('failed to fetch'))],
  ['not JSON', () => new Response('<html>')],
])('without a ticket status the reason is NETWORK: %s', async (_, answerStatus) => {
  const world = createWorld();
  const { answer } = world;
  world.answer = (seen) => (seen.path.endsWith('/status') ? answerStatus() : answer(seen));
  world.onUpgrade = (upgrade) => (world.upgrades.length === 1 ? upgrade.end(1006) : upgrade.accept());
  const { socket, statuses } = world.connect();
  await elapse(1_000);
  expect(socket.state).toBe('open');
  expect(statuses.map(({ state, reason }) => [state, reason])).toContainEqual(['waiting', 'NETWORK']);
  expect(world.requests.at(-1)?.body.lastFailure).toMatchObject({ code: 1006, phase: 'connecting' });
});

test('the ticket status is requested before the query of ticketUrl', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.end(1006);
  world.connect({ ticketUrl: '/api/websocket/ticket?route=a/b' });
  await elapse();
  expect(world.requests.map(({ path }) => path)).toEqual([
    '/api/websocket/ticket?route=a/b',
    '/api/websocket/ticket/status?route=a/b',
  ]);
});

test.each([
  ['connecting', {}],
  ['connecting', { reason: null }],
  ['open', {}],
  ['open', { reason: null }],
])('while %s, a close event without a code and a reason is a lost connection: %j', async (state, event) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => {
    if (state === 'open' || world.upgrades.length > 1) upgrade.accept();
  };
  const { socket } = world.connect();
  await elapse();
  expect(socket.state).toBe(state);
  world.upgrades[0]?.onclose?.(event);
  await elapse();
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NETWORK' });
  await elapse(1_000);
  expect(socket.state).toBe('open');
  expect(world.requests.at(-1)?.body.lastFailure).toMatchObject({ code: 1006, phase: state });
});

test('a connection that is lost after it was open requests no ticket status', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  world.connect();
  await elapse();
  world.upgrades[0]?.end(1006);
  await elapse(1_000);
  expect(world.requests.map(({ path }) => path)).toEqual(['/api/websocket/ticket', '/api/websocket/ticket']);
});

test.each(['<html>', '{}', 'null', '[]', '{"ticket":""}'])(
  'a response without a ticket is retried: %s',
  async (body) => {
    const world = createWorld();
    const { answer } = world;
    world.answer = (seen) => (world.requests.length === 1 ? new Response(body) : answer(seen));
    world.onUpgrade = (upgrade) => upgrade.accept();
    const { socket, statuses } = world.connect();
    await elapse(1_000);
    expect(statuses.map(({ reason }) => reason)).toContain('HTTP');
    expect(socket.state).toBe('open');
  },
);
