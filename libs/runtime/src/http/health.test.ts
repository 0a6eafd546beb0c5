import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addHealthRoutes, type ReadinessCheck } from './health.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer;

beforeEach(async () => {
  server = await createTestServer();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

async function readiness(checks: Readonly<Record<string, ReadinessCheck>>) {
  addHealthRoutes(server.app, checks);
  const { statusCode, payload } = await server.app.inject('/readyz');
  return { status: statusCode, body: JSON.parse(payload) };
}

describe('/healthz', () => {
  it('says that the process lives, whatever it needs', async () => {
    addHealthRoutes(server.app, { store: () => false });
    const { statusCode, payload } = await server.app.inject('/healthz');
    expect([statusCode, JSON.parse(payload)]).toEqual([200, { status: 'ok' }]);
  });
});

describe('/readyz', () => {
  it('is ready where every check passes', async () => {
    expect(await readiness({ store: () => true, bus: async () => undefined })).toEqual({
      status: 200,
      body: { status: 'ready', checks: { store: 'ok', bus: 'ok' } },
    });
  });

  it.each<[string, ReadinessCheck]>([
    ['is false', () => false],
    ['is false later', async () => false],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('away'))],
  ])('names the check that %s', async (_, check) => {
    expect(await readiness({ store: check, bus: () => true })).toEqual({
      status: 503,
      body: { status: 'not ready', checks: { store: 'failed', bus: 'ok' } },
    });
  });

  it('stops waiting for a check that takes longer than a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let asked = false;
    const answer = readiness({
      store: () => {
        asked = true;
        return new Promise(() => {});
      },
    });
    await vi.waitFor(() => expect(asked).toBe(true));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toMatchObject({ status: 503, body: { checks: { store: 'failed' } } });
  });

  it('is not in the OpenAPI document', async () => {
    addHealthRoutes(server.app, {});
    expect((await server.app.inject('/openapi.json')).json().paths).toEqual({});
  });
});
