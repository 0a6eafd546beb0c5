import { openSocket } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { listen } from './listen.ts';
import { RejectionError } from './rejection-error.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer;

beforeEach(async () => {
  server = await createTestServer();
  server.app.get('/things/:id', () => ({ done: true }));
  server.app.post('/frontend', { config: { frontendOnly: true }, schema: { hide: true } }, () => ({
    done: true,
  }));
  server.app.get('/rejecter', () => {
    throw new RejectionError('rate_limited');
  });
});
afterEach(() => server.close());

describe('the trace of a request', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';

  async function traceOf(traceparent: string, { app } = server): Promise<string> {
    return (await app.inject({ url: '/openapi.json/', method: 'DELETE', headers: { traceparent } })).json()
      .traceId;
  }

  it('goes on from the traceparent of a trusted proxy', async () => {
    const trusting = await createTestServer({ trustedProxies: ['127.0.0.1'] });
    onTestFinished(() => trusting.close());
    expect(await traceOf(`00-${traceId}-b7ad6b7169203331-01`, trusting)).toBe(traceId);
  });

  it('is our own where a stranger sends one, and linked to that in the log', async () => {
    const own = await traceOf(`00-${traceId}-b7ad6b7169203331-01`);
    expect(own).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(own).not.toBe(traceId);
    expect(server.logs.named('http_request')).toMatchObject([{ traceId: own, linkedTraceId: traceId }]);
  });

  it.each([
    `00-${traceId}-b7ad6b7169203331`,
    `00-${traceId}-0000000000000000-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `ff-${traceId}-b7ad6b7169203331-01`,
    `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    'x',
  ])('begins again where that is %s', async (traceparent) => {
    const begun = await traceOf(traceparent);
    expect(begun).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(begun).not.toBe(traceId);
  });
});

describe('a check by the path', () => {
  const spellings = [
    '/own/page',
    '/own/page/',
    '/own/%70age',
    '/%6fwn/page?a=/',
    'http://app.example.com/own/page',
  ];

  beforeEach(() => {
    server.app.post('/own/page', { config: { frontendOnly: true } }, () => ({ done: true }));
  });

  it.each(spellings)('is by the route that answers: %s', async (url) => {
    const from = (origin: string) => ({ method: 'POST', url, headers: { origin } }) as const;
    expect((await server.app.inject(from('https://app.example.com'))).statusCode).toBe(200);
    const blocked = await server.app.inject(from('https://evil.com'));
    expect(blocked.json()).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
    expect(blocked.headers).toMatchObject({ 'access-control-allow-origin': 'https://evil.com' });
    const preflight = await server.app.inject({
      ...from('https://evil.com'),
      method: 'OPTIONS',
      headers: { origin: 'https://evil.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
    const otherMethod = await server.app.inject({ method: 'GET', url });
    expect(otherMethod).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } });
  });

  it.each(['//own/page', '/own//page', '/own/page//', '/OWN/page', '/own/page%2f', '/own;/page'])(
    'knows no other spelling: %s',
    async (url) => {
      const headers = { origin: 'https://evil.com' };
      expect((await server.app.inject({ method: 'POST', url, headers })).statusCode).toBe(404);
    },
  );
});

describe('a page of another origin', () => {
  const origin = 'https://app.example.com';
  const preflight = (headers: Record<string, string>) =>
    server.app.inject({
      method: 'OPTIONS',
      url: '/things/1',
      headers: { 'access-control-request-method': 'POST', ...headers },
    });

  it('may ask where it is allowed, with any header but cookies', async () => {
    const asked = 'authorization,content-type,traceparent,x-request-id';
    const { headers, statusCode } = await preflight({ origin, 'access-control-request-headers': asked });
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': asked,
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may reach a server on a private network where it is allowed', async () => {
    const ask = { 'access-control-request-private-network': 'true' };
    const allowed = await preflight({ origin, ...ask });
    expect(allowed.headers).toMatchObject({ 'access-control-allow-private-network': 'true' });
    for (const { headers } of [
      await preflight({ origin }),
      await preflight({ origin: 'https://evil.com', ...ask }),
    ])
      expect(headers).not.toHaveProperty('access-control-allow-private-network');
  });

  it.each([
    ['/things/1', 200],
    ['/rejecter', 429],
    ['/nowhere', 404],
  ])('may read answers where it is allowed: %s', async (url, status) => {
    const response = await server.app.inject({ url, headers: { origin } });
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'retry-after',
      vary: 'Origin',
    });
  });

  it('gets no answer that a cache could mistake for one of another origin', async () => {
    expect((await server.app.inject('/things/1')).headers.vary).toBe('Origin');
  });

  it.each(['https://evil.com', 'null', ''])('is told why not where it is %j', async (blocked) => {
    const told = await preflight({ origin: blocked });
    expect(told.json()).toMatchObject({
      status: 403,
      code: 'ORIGIN_BLOCKED',
      detail: `The origin ${JSON.stringify(blocked)} is in neither FRONTEND_ORIGINS nor FRONTEND_ORIGINS_FILE.`,
    });
    const answer = await server.app.inject({ url: '/things/1', headers: { origin: blocked } });
    for (const { headers } of [told, answer]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.vary).toBe('Origin');
    }
  });

  describe('at a route for the frontend only', () => {
    const blocked = 'https://evil.example';
    const ask = (from: string, method: 'POST' | 'OPTIONS' = 'POST') =>
      server.app.inject({
        method,
        url: '/frontend?more=1',
        headers: {
          origin: from,
          ...(method === 'OPTIONS' && {
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          }),
        },
      });

    it('is rejected where it is blocked, and may read that', async () => {
      const asked = await ask(blocked, 'OPTIONS');
      expect(asked.statusCode).toBe(204);
      expect(asked.headers).toMatchObject({
        'access-control-allow-origin': blocked,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization',
      });
      const rejected = await ask(blocked);
      expect(rejected.json()).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
      expect(rejected.headers).toMatchObject({ 'access-control-allow-origin': blocked, vary: 'Origin' });
    });

    it.each([
      'null',
      '',
      'https://evil.example/',
      'https://a.example, https://b.example',
      'https://Evil.example',
    ])('is rejected and may read nothing where no browser would call itself that: %j', async (from) => {
      for (const rejected of [await ask(from), await ask(from, 'OPTIONS')]) {
        expect(rejected.json()).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
        expect(rejected.headers).not.toHaveProperty('access-control-allow-origin');
      }
    });

    it('is let in where it is allowed', async () => {
      expect((await ask(origin)).json()).toEqual({ done: true });
    });
  });

  it('that is endless is told in part', async () => {
    const { detail } = (await preflight({ origin: `https://${'a'.repeat(5_000)}` })).json();
    expect(detail.length).toBeLessThan(300);
  });
});

it('sends the security headers, and does not say what it runs on', async () => {
  const { headers } = await server.app.inject('/things/1');
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  });
  expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  expect(headers).not.toHaveProperty('strict-transport-security');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('server');
});

it.each(['/things/1', '/nowhere', '/rejecter'])(
  'sends Strict-Transport-Security where it is set: %s',
  async (path) => {
    const strictTransportSecurity = 'max-age=63072000; includeSubDomains';
    const strict = await createTestServer({ strictTransportSecurity });
    onTestFinished(() => strict.close());
    const { headers } = await strict.app.inject(path);
    expect(headers).toMatchObject({ 'strict-transport-security': strictTransportSecurity });
  },
);

it('describes its routes at /openapi.json', async () => {
  const document = (await server.app.inject('/openapi.json')).json();
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Test', version: '1.2.3' } });
  expect(Object.keys(document.paths)).toEqual(['/things/{id}', '/rejecter']);
});

it('logs each request by its route, and never a query, a header or a parameter', async () => {
  const headers = { authorization: 'Bearer secret-1', cookie: 'a=secret-2' };
  for (const path of ['/things/secret-3', '/nowhere/secret-4', '/rejecter', '/%zz'])
    await server.app.inject({ url: `${path}?ticket=secret-5`, headers });
  expect(server.logs.text).not.toContain('secret');
  expect(server.logs.named('http_request').map(({ route, status }) => [route, status])).toEqual([
    ['/things/:id', 200],
    ['none', 404],
    ['/rejecter', 429],
  ]);
});

it('measures each request by its route, and rejected ones by their reason', async () => {
  const metrics = await server.telemetry.serveMetrics(0, '127.0.0.1');
  await server.app.inject('/things/1?ticket=secret');
  await server.app.inject('/rejecter');
  const { port } = metrics.address() as { port: number };
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toMatch(/http_server_request_duration_seconds_count\{.*http_route="\/things\/:id".*\} 1\n/);
  const counts = text.split('\n').filter((line) => line.includes('_count{'));
  expect(counts.filter((line) => /error_type="[a-z]/.test(line))).toEqual([
    expect.stringMatching(/http_route="\/rejecter".*error_type="rate_limited".*\} 1$/),
  ]);
  expect(text).not.toContain('secret');
});

it('answers bytes that are no HTTP with 400, and lives on', async () => {
  await server.app.ready();
  const port = await listen(server.app.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
  const noise = await openSocket(`http://127.0.0.1:${port}/`, { request: 'NOISE\r\n\r\n' });
  expect((await noise.response()).status).toBe(400);
  expect((await fetch(`http://127.0.0.1:${port}/things/1`)).status).toBe(200);
});
