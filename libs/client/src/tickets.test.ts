import { expect, test, vi } from 'vitest';
import { CLIENT_NAME } from './client-name.ts';
import type { ConnectOptions, TicketContext, TicketResult } from './options.ts';
import { type Client, createWorld, elapse, problem, ticketReply, type World } from './world.fixture.ts';

const TICKET = 'a'.repeat(32);

test.each<[string, TicketResult]>([
  ['a string', TICKET],
  ['a reply', { ticket: TICKET, ticketId: 'id', expiresInSeconds: 30, expires_at: 1 }],
  ['a result', { success: true, ticket: { ticket: TICKET, ticketId: 'id', expires_at: 1 } }],
])('getTicket may return %s', async (_, answer) => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ getTicket: async () => answer });
  await elapse();
  expect(socket.state).toBe('open');
  expect(socket.ticketId).toBe(typeof answer === 'string' ? null : 'id');
  expect(world.upgrades[0]?.ticket).toBe(TICKET);
  expect(world.requests).toEqual([]);
});

test('getTicket is called at every attempt, and each step is reported', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  let tickets = 0;
  const { states } = world.connect({ getTicket: () => TICKET.replace(/a$/, `${++tickets}`) });
  await elapse();
  world.upgrades[0]?.end(1006);
  await elapse(20_000);
  const connected = ['authenticating', 'connecting', 'open'];
  expect(states()).toEqual([...connected, 'waiting', ...connected]);
});

test.each<[TicketResult, string, string]>([
  [null, 'stopped', 'SIGNED_OUT'],
  [{ success: false, error: 'REDIS_UNAVAILABLE' }, 'waiting', 'REDIS_UNAVAILABLE'],
  [{ success: false, error: 'MISSING_SESSION' }, 'stopped', 'MISSING_SESSION'],
  [{ success: false, error: 'no luck' }, 'waiting', 'HTTP'],
  [{ success: false }, 'waiting', 'HTTP'],
])('getTicket may fail with %j', async (answer, state, reason) => {
  const world = createWorld();
  const { socket } = world.connect({ getTicket: () => answer });
  await elapse();
  expect(socket).toMatchObject({ state, reason });
});

test('getTicket gets the reason and the last failure', async () => {
  const world = createWorld();
  const contexts: TicketContext[] = [];
  world.connect({
    route: 'chat',
    getTicket(context) {
      contexts.push(context);
      return contexts.length === 1 ? { success: false, error: 'SESSION_EXPIRED' } : null;
    },
  });
  await elapse(1_000);
  expect(contexts).toMatchObject([
    { fresh: false, reason: null, route: 'chat', lastFailure: undefined },
    { fresh: true, reason: 'SESSION_EXPIRED', route: 'chat', lastFailure: { phase: 'ticket', attempts: 1 } },
  ]);
});

test('a ticket is not presented twice, even if getTicket returns it again', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ getTicket: () => TICKET });
  await elapse();
  world.upgrades[0]?.end(1006);
  await elapse(20_000);
  expect(world.upgrades).toHaveLength(1);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NOT_AUTHORIZED' });
});

test('migration: after three failed ticket requests the JWT is presented', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = world.connect({ fallback: 'jwt', getToken: () => 'a.b.c', carrier: 'query' });
  await elapse(10_000);
  expect(socket).toMatchObject({ state: 'open', ticketId: null });
  expect(world.requests).toHaveLength(3);
  expect(world.upgrades[0]).toMatchObject({
    url: `wss://api.example.com/ws?client=${encodeURIComponent(CLIENT_NAME)}`,
    protocols: ['admit.v1.heartbeat', 'admit.v1', 'jwt.a.b.c'],
  });
});

test.each([
  ['before', false],
  ['after', true],
])(
  'migration: after a JWT that is rejected %s the upgrade tickets are requested again',
  async (_, accepts) => {
    const world = createWorld();
    const { answer } = world;
    world.answer = (seen) => (world.requests.length <= 3 ? problem(503, 'REDIS_UNAVAILABLE') : answer(seen));
    world.onUpgrade = (upgrade) => {
      if (upgrade.ticket !== undefined || accepts) upgrade.accept();
      if (upgrade.ticket === undefined) upgrade.end(4401, 'NOT_AUTHORIZED');
    };
    const { socket } = world.connect({ fallback: 'jwt' });
    await elapse(30_000);
    expect(world.upgrades.map(({ ticket }) => ticket === undefined)).toEqual([true, false]);
    expect(socket.state).toBe('open');
  },
);

test('migration: three rejected tickets in a row count too, network failures do not', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => {
    if (upgrade.ticket === undefined) upgrade.accept();
    else
      upgrade.end(world.upgrades.length < 5 ? 1006 : 4401, world.upgrades.length < 5 ? '' : 'NOT_AUTHORIZED');
  };
  const { socket } = world.connect({ fallback: 'jwt' });
  await elapse(120_000);
  expect(socket.state).toBe('open');
  expect(world.upgrades.filter(({ ticket }) => ticket !== undefined)).toHaveLength(7);
});

test('without the fallback the JWT is never presented', async () => {
  const world = createWorld();
  world.answer = () => problem(503, 'REDIS_UNAVAILABLE');
  world.connect();
  await elapse(120_000);
  expect(world.upgrades).toEqual([]);
});

/** Connects with prefetch, once its module has loaded. */
async function connectPrefetching(world: World, options: Partial<ConnectOptions> = {}): Promise<Client> {
  const client = world.connect({ prefetch: true, ...options } as Partial<ConnectOptions>);
  await vi.dynamicImportSettled();
  return client;
}

test('prefetch: a ticket is kept ready and used once', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  await connectPrefetching(world);
  await elapse(9_999);
  expect(world.requests).toHaveLength(1);
  await elapse(1);
  expect(world.requests).toHaveLength(2);

  await elapse(10_000);
  world.upgrades[0]?.end(1006);
  await elapse(300);
  world.upgrades[1]?.end(1006);
  await elapse(600);
  expect(world.upgrades.map(({ ticket }) => Number.parseInt(`${ticket}`, 16))).toEqual([1, 2, 3]);
  expect(world.requests).toHaveLength(3);
});

test('prefetch: the ticket request after a prefetched ticket reports the last failure', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket } = await connectPrefetching(world);
  await elapse(15_000);
  world.upgrades[0]?.end(1013, 'UNAVAILABLE');
  await elapse(300);
  expect(world.upgrades).toHaveLength(2);
  socket.close();
  socket.resume();
  await elapse();
  expect(world.requests.map(({ body }) => body.lastFailure)).toMatchObject([
    undefined,
    undefined,
    { code: 1013, reason: 'UNAVAILABLE', phase: 'open' },
  ]);
});

test('prefetch: the ticket is renewed before it expires, with one request per lifetime', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  await connectPrefetching(world);
  await elapse(10_000 + 3 * 20_000);
  expect(world.requests.map(({ at }) => at - (world.requests[0]?.at ?? 0))).toEqual([
    0, 10_000, 30_000, 50_000, 70_000,
  ]);
  world.upgrades[0]?.end(1006);
  await elapse(300);
  expect(world.upgrades.at(-1)?.ticket).toBe(`${'0'.repeat(31)}5`);
});

test('prefetch: a ticket that is about to expire is not used', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  await connectPrefetching(world);
  await elapse(15_000);
  world.upgrades[0]?.end(4429, 'RATE_LIMITED 30');
  await elapse(31_000);
  expect(world.upgrades.map(({ ticket }) => Number.parseInt(`${ticket}`, 16))).toEqual([1, 3]);
});

test('prefetch: a ticket is used only with the token it was issued for', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  let token = 'of Alice';
  const { socket } = await connectPrefetching(world, { getToken: () => token });
  await elapse(15_000);
  socket.close();
  token = 'of Bob';
  socket.resume();
  await elapse();
  expect(world.requests.map((seen) => seen.token)).toEqual(['of Alice', 'of Alice', 'of Bob']);
  expect(world.upgrades.at(-1)?.ticket).toBe(`${'0'.repeat(31)}3`);
});

test('prefetch: failures are silent, and close() stops it', async () => {
  const world = createWorld();
  world.onUpgrade = (upgrade) => upgrade.accept();
  const { socket, states } = await connectPrefetching(world);
  await elapse();
  world.answer = () => problem(401, 'INVALID_TOKEN');
  await elapse(60_000);
  expect(states()).toEqual(['authenticating', 'connecting', 'open']);
  expect(world.requests).toHaveLength(4);

  world.answer = () => new Promise((resolve) => setTimeout(() => resolve(ticketReply(99)), 5_000));
  await elapse(11_000);
  socket.close();
  await elapse(600_000);
  expect(world.requests).toHaveLength(5);
});
