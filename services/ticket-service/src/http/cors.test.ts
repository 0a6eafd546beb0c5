import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ticketPaths } from '../issue/ticket-routes.ts';
import { STATUS_PATH } from '../status/status-routes.ts';
import { type Fixture, FRONTEND, startFixture } from '../ticket-service.fixture.ts';

const EVIL = 'https://app.example.com.evil.example';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});

afterAll(() => fixture.stop());

function corsHeadersOf({ headers }: Response): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
}

const readable = {
  'access-control-allow-origin': FRONTEND,
  'access-control-expose-headers': 'retry-after',
};

const paths = [...ticketPaths, { method: 'POST', url: STATUS_PATH }];
const status = {
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ ticket: '0123456789abcdef0123456789abcdef' }),
};

describe.each(paths)('a page that asks at $method $url', ({ method, url }) => {
  const preflight = (origin: string) =>
    fetch(fixture.url + url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,traceparent',
      },
    });
  const ask = async (origin: string) => {
    const authorization = `Bearer ${await fixture.provider.token()}`;
    const { headers, ...body } = url === STATUS_PATH ? status : { headers: {} };
    return fetch(fixture.url + url, { method, headers: { origin, authorization, ...headers }, ...body });
  };

  test('of an origin in the list gets its answer', async () => {
    const allowed = await preflight(FRONTEND);
    expect(allowed.status).toBe(204);
    expect(corsHeadersOf(allowed)).toEqual({
      ...readable,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization,content-type,traceparent',
      'access-control-max-age': '600',
    });
    const issued = await ask(FRONTEND);
    expect(issued.status).toBe(200);
    expect(corsHeadersOf(issued)).toEqual(readable);
  });

  test('of another origin gets none, and may read why', async () => {
    const allowed = await preflight(EVIL);
    expect(allowed.status).toBe(204);
    expect(corsHeadersOf(allowed)).toEqual({
      'access-control-allow-origin': EVIL,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization,content-type,traceparent',
    });
    const rejected = await ask(EVIL);
    expect(corsHeadersOf(rejected)).toEqual({ 'access-control-allow-origin': EVIL });
    expect(await rejected.json()).toMatchObject({
      status: 403,
      code: 'ORIGIN_BLOCKED',
      detail: expect.stringContaining(`"${EVIL}" is in neither FRONTEND_ORIGINS`),
    });
  });
});

test('a blocked origin is in the audit log and the log, once for each ticket asked for', async () => {
  const origin = 'https://told.example';
  await fixture.ask(await fixture.provider.token(), { headers: { origin } });
  const told = () =>
    fixture.events.filter(({ data }) => (data.context as { origin?: string } | undefined)?.origin === origin);
  await expect
    .poll(told)
    .toMatchObject([
      { type: 'admit.issuance.rejected', data: { reason: 'origin_blocked', principal: null, count: 1 } },
    ]);
  const [event] = told();
  const lines = fixture.logs.named('issuance_rejected').filter(({ detail }) => detail === event?.data.detail);
  expect(lines).toMatchObject([{ severity: 'WARNING', reason: 'origin_blocked' }]);
});

test('a page may read a rejection: 401', async () => {
  const response = await fixture.ask('no token', { headers: { origin: FRONTEND } });
  expect(response.status).toBe(401);
  expect(corsHeadersOf(response)).toEqual(readable);
});

test('a page may read a rejection: 503', async () => {
  const broken = await startFixture();
  await broken.store.close();
  const response = await broken.ask(await broken.provider.token(), { headers: { origin: FRONTEND } });
  expect(response.status).toBe(503);
  expect(corsHeadersOf(response)).toEqual(readable);
  await expect(broken.stop()).rejects.toThrow(/relay/);
});

describe('an anonymous session', () => {
  const start = (headers: Record<string, string>) =>
    fetch(`${fixture.url}/api/v1/auth/token`, { method: 'POST', headers });

  test('is for pages of the list and for clients that are no browsers', async () => {
    expect((await start({ origin: FRONTEND })).status).toBe(200);
    expect((await start({})).status).toBe(200);
    const rejected = await start({ origin: EVIL });
    expect(await rejected.json()).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
  });
});
