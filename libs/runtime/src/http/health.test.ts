import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DependencyState } from '../dependencies.ts';
import { addHealthRoutes } from './health.ts';
import { createReadiness, type ReadinessCheck, type ReadinessChecks } from './readiness.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer;

beforeEach(async () => {
  server = await createTestServer();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const fine: ReadinessCheck = { problem: () => null };
const redact = (text: string) => text.replaceAll('hunter2', '***');

function readinessOf(checks: ReadinessChecks, states: readonly DependencyState[] = []) {
  return createReadiness(checks, { dependencies: { states }, redact });
}

async function answerTo(checks: ReadinessChecks, states: readonly DependencyState[] = []) {
  addHealthRoutes(server.app, readinessOf(checks, states));
  const { statusCode, payload } = await server.app.inject('/readyz');
  return { status: statusCode, body: JSON.parse(payload) };
}

describe('/healthz', () => {
  it('says that the process lives, whatever it needs', async () => {
    addHealthRoutes(server.app, readinessOf({ store: { problem: () => 'away' } }));
    const { statusCode, payload } = await server.app.inject('/healthz');
    expect([statusCode, JSON.parse(payload)]).toEqual([200, { status: 'ok' }]);
  });
});

describe('/readyz', () => {
  it('is ready where every check passes', async () => {
    const states = [{ name: 'nats', up: true, since: 0, cause: null }] as const;
    const bus = { dependency: 'nats', problem: async () => null } as const;
    expect(await answerTo({ store: { ...fine, dependency: 'redis' }, bus }, states)).toEqual({
      status: 200,
      body: {
        status: 'ready',
        checks: { store: { status: 'ok' }, bus: { status: 'ok', dependency: 'nats' } },
      },
    });
  });

  it.each<[string, ReadinessCheck['problem']]>([
    ['finds one', () => 'away'],
    ['finds one later', async () => 'away'],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('away'))],
  ])('names the problem, and since when, of a check that %s', async (_, problem) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 31) });
    const readiness = readinessOf({ store: { problem }, bus: fine });
    await readiness();
    vi.setSystemTime(Date.UTC(2026, 1, 1));
    addHealthRoutes(server.app, readiness);
    const { statusCode, payload } = await server.app.inject('/readyz');
    expect([statusCode, JSON.parse(payload)]).toEqual([
      503,
      {
        status: 'not ready',
        checks: {
          store: { status: 'failed', cause: 'away', since: '2026-01-31T00:00:00.000Z' },
          bus: { status: 'ok' },
        },
      },
    ]);
  });

  it('gives the cause of an outage and its time, without secrets and addresses', async () => {
    const cause = 'connect ECONNREFUSED 10.0.0.3:6379 for user:hunter2@redis.internal:6379';
    const states = [{ name: 'redis', up: false, since: 0, cause }] as const;
    const { body } = await answerTo({ store: { dependency: 'redis', problem: () => 'no answer' } }, states);
    expect(body.checks.store).toEqual({
      status: 'failed',
      dependency: 'redis',
      cause: 'connect ECONNREFUSED for user:***@',
      since: '1970-01-01T00:00:00.000Z',
    });
  });

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:6379', 'connect ECONNREFUSED'],
    ['connect EHOSTUNREACH fd00:1::7:4222 - Local (:::0)', 'connect EHOSTUNREACH - Local ()'],
    ['getaddrinfo ENOTFOUND redis.internal', 'getaddrinfo ENOTFOUND'],
    ['no pg_hba.conf entry for host "10.1.2.3", user "a"', 'no pg_hba.conf entry for host "", user "a"'],
    ['the time is 12:30, and 3:1 against it', 'the time is 12:30, and 3:1 against it'],
  ])('shows %s as %s', async (found, shown) => {
    const { body } = await answerTo({ store: { problem: () => found } });
    expect(body.checks.store.cause).toBe(shown);
  });

  it('stops waiting for a check that takes longer than a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let asked = false;
    const problem = () => {
      asked = true;
      return new Promise<null>(() => {});
    };
    const answer = answerTo({ store: { problem } });
    await vi.waitFor(() => expect(asked).toBe(true), { timeout: 20_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toMatchObject({
      status: 503,
      body: { checks: { store: { status: 'failed', cause: 'no answer within a second' } } },
    });
  });

  it('is not in the OpenAPI document', async () => {
    addHealthRoutes(server.app, readinessOf({}));
    expect((await server.app.inject('/openapi.json')).json().paths).toEqual({});
  });
});
