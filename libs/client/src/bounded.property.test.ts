import { publicCodes } from '@admit-one/core/reasons';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type Client, createWorld, elapse, neverResponds, problem, type World } from './world.fixture.ts';

const MINUTE_MS = 60_000;
/** Attempts a minute. Each asks for at most one token, one ticket, one upgrade and one status. */
const MAX_ATTEMPTS = 30;

const code = fc.constantFrom(...Object.keys(publicCodes), 'NEW_CODE', '', 'free text');
const status = fc.constantFrom(200, 204, 301, 400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 504);
const retryAfter = fc.constantFrom(undefined, '0', '3', '-1', 'soon', '1e9');

const token = fc.constantFrom<'token' | 'null' | 'throws' | 'hangs'>(
  'token',
  'token',
  'token',
  'null',
  'throws',
  'hangs',
);
const answer = fc.oneof(
  fc.constant({ how: 'ticket' } as const),
  fc.constant({ how: 'ticket' } as const),
  fc.constant({ how: 'network' } as const),
  fc.constant({ how: 'silence' } as const),
  fc.record({ how: fc.constant('rejection' as const), status, code, retryAfter }),
);
const closing = fc.record({
  afterMs: fc.constantFrom(0, 0, 50, 9_000, 15_000),
  code: fc.oneof(fc.integer({ min: 1000, max: 1015 }), fc.integer({ min: 3000, max: 4999 })),
  text: fc.oneof(code, fc.constant('RATE_LIMITED 2')),
});
const upgrade = fc.oneof(
  fc.constant({ how: 'silence' } as const),
  fc.constant({ how: 'failure' } as const),
  fc.record({ how: fc.constant('accept' as const), closing: fc.option(closing) }),
);
const happening = fc.oneof(
  fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  fc.record({ what: fc.constantFrom('show' as const, 'hide' as const, 'resume' as const) }),
  fc.record({ what: fc.constant('network' as const), online: fc.boolean() }),
);

const life = fc.record({
  tokens: fc.array(token, { minLength: 1, maxLength: 8 }),
  answers: fc.array(answer, { minLength: 1, maxLength: 8 }),
  upgrades: fc.array(upgrade, { minLength: 1, maxLength: 8 }),
  happenings: fc.array(happening, { maxLength: 30 }),
  random: fc.constantFrom(0, 0.000_1, 0.5, 0.999_999),
  fallback: fc.constantFrom(undefined, 'jwt' as const),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** Yields the values one after another, again and again. */
function inTurn<T>(values: readonly T[]): () => T {
  let turn = 0;
  return () => values[turn++ % values.length] as T;
}

function play(world: World, { tokens, answers, upgrades, random, fallback }: Life) {
  const nextAnswer = inTurn(answers);
  const nextUpgrade = inTurn(upgrades);
  const nextToken = inTurn(tokens);
  const { answer: ticket } = world;
  world.random = random;
  world.answer = (seen) => {
    const next = nextAnswer();
    if (next.how === 'ticket') return ticket(seen);
    if (next.how === 'network') return Promise.reject(new TypeError('failed to fetch'));
    if (next.how === 'silence') return neverResponds();
    if (next.status === 204) return new Response(null, { status: 204 });
    return problem(
      next.status,
      next.code,
      next.retryAfter === undefined ? {} : { 'retry-after': next.retryAfter },
    );
  };
  world.onUpgrade = (socket) => {
    const next = nextUpgrade();
    if (next.how === 'failure') socket.end(1006);
    if (next.how !== 'accept') return;
    socket.accept();
    if (next.closing)
      setTimeout(() => socket.end(next.closing?.code ?? 1006, next.closing?.text), next.closing.afterMs);
  };
  const asked: number[] = [];
  const client = world.connect({
    ...(fallback ? { fallback } : {}),
    getToken() {
      asked.push(Date.now());
      const next = nextToken();
      if (next === 'throws') throw new Error('no token');
      if (next === 'hangs') return neverResponds();
      return next === 'null' ? null : 'token';
    },
  });
  return { client, asked };
}

/** The most that happened within any minute. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length),
  );
}

test('requests are bounded, and every run ends open, waiting or stopped', async () => {
  await fc.assert(
    fc
      .asyncProperty(life, async (lived) => {
        const world = createWorld();
        const { client, asked } = play(world, lived);
        const { socket } = client;
        for (const happening of lived.happenings) {
          if (happening.what === 'time') await elapse(happening.ms);
          else if (happening.what === 'network') world.online = happening.online;
          else if (happening.what === 'resume') socket.resume();
          else world.page(happening.what);
          await elapse();
        }
        expect(mostInAMinute(asked)).toBeLessThanOrEqual(MAX_ATTEMPTS);
        expect(mostInAMinute(world.requests.map(({ at }) => at))).toBeLessThanOrEqual(2 * MAX_ATTEMPTS);
        expect(mostInAMinute(world.upgrades.map(({ at }) => at))).toBeLessThanOrEqual(MAX_ATTEMPTS);
        const tickets = world.upgrades.flatMap(({ ticket }) => ticket ?? []);
        expect(new Set(tickets).size).toBe(tickets.length);

        await settled(world, client);
        socket.close();
        await elapse();
        expect(world.pageListeners()).toBe(0);
      })
      .afterEach(() => {
        vi.clearAllTimers();
      }),
    { numRuns: 300 },
  );
});

/** No step takes longer than its time limit, so one of the resting states comes within two of them. */
async function settled(world: World, { socket, statuses }: Client): Promise<void> {
  world.online = true;
  const from = statuses.length;
  const now = socket.state;
  await elapse(20_000);
  const reached = [now, ...statuses.slice(from).map(({ state }) => state)];
  expect(reached.filter((state) => ['open', 'waiting', 'stopped'].includes(state))).not.toEqual([]);
}
