import { type Reason, reasonRow, reasons } from '@admit-one/core/reasons';
import { describe, expect, test } from 'vitest';
import { createWorld, elapse, problem, type World } from './world.fixture.ts';

const rows = (Object.keys(reasons) as Reason[]).map((reason) => ({ reason, ...reasonRow(reason) }));

/** The first attempt fails as told, all others succeed. */
function failFirst(world: World, row: (typeof rows)[number], by: 'http' | 'close'): void {
  const { answer } = world;
  world.answer = (seen) =>
    by === 'http' && world.requests.length === 1 ? problem(row.http ?? 0, row.code) : answer(seen);
  world.onUpgrade = (upgrade) => {
    upgrade.accept();
    if (by === 'close' && world.upgrades.length === 1) upgrade.end(row.close ?? 0, row.code);
  };
}

const told = rows.flatMap((row) => [
  ...(row.http === null ? [] : [{ ...row, by: 'http' as const }]),
  ...(row.close === null ? [] : [{ ...row, by: 'close' as const }]),
]);

describe('each row of the table of reasons', () => {
  test.each(told)('$reason by $by: $client', async ({ by, ...row }) => {
    const world = createWorld();
    failFirst(world, row, by);
    const fresh: boolean[] = [];
    const { socket, statuses } = world.connect({ getToken: (need) => `token-${fresh.push(need.fresh)}` });
    await elapse();
    expect(statuses.map(({ reason }) => reason)).toContain(row.code);

    await elapse(50_000);
    if (row.client === 'stop') {
      expect(socket).toMatchObject({ state: 'stopped', reason: row.code, nextRetryAt: null });
      expect(fresh).toEqual([false]);
    } else {
      expect(socket).toMatchObject({ state: 'open', reason: null });
      expect(fresh).toEqual([false, row.client === 'refresh-token']);
    }
  });

  test.each(told.filter(({ client }) => client === 'stop'))(
    '$reason by $by: a resume tries once more',
    async ({ by, ...row }) => {
      const world = createWorld();
      failFirst(world, row, by);
      const { socket } = world.connect();
      await elapse(1_000);
      expect(socket.state).toBe('stopped');
      socket.resume();
      await elapse();
      expect(socket.state).toBe('open');
    },
  );
});

test('the status of a ticket tells why an upgrade failed without a word', async () => {
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
  ['nothing there', () => new Response('nothing here', { status: 404 })],
  ['nothing known', () => Response.json({ state: 'unknown', lastRejection: null })],
  ['no network', () => Promise.reject(new TypeError('failed to fetch'))],
  ['a page instead', () => new Response('<html>')],
])('without the status of a ticket it goes on: %s', async (_, answerStatus) => {
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

test('a connection that broke after it was open asks for no status', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  world.connect();
  await elapse();
  world.upgrades[0]?.end(1006);
  await elapse(1_000);
  expect(world.requests.map(({ path }) => path)).toEqual(['/api/websocket/ticket', '/api/websocket/ticket']);
});

test.each(['<html>', '{}', 'null', '[]', '{"ticket":""}'])(
  'an answer that is no ticket is tried again: %s',
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
