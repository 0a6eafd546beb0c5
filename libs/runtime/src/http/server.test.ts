import { openSocket } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen } from './listen.ts';
import { Refusal } from './problem.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer;

beforeEach(async () => {
  server = await createTestServer();
  server.app.get('/things/:id', () => ({ done: true }));
  server.app.get('/refuser', () => {
    throw new Refusal('rate_limited');
  });
});
afterEach(() => server.close());

describe('the trace of a request', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';

  async function traceOf(traceparent: string): Promise<string> {
    return (await server.app.inject({ url: '/refuser', headers: { traceparent } })).json().traceId;
  }

  it('goes on from its traceparent', async () => {
    expect(await traceOf(`00-${traceId}-b7ad6b7169203331-01`)).toBe(traceId);
  });

  it.each([
    `00-${traceId}-b7ad6b7169203331`,
    `00-${traceId}-0000000000000000-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `ff-${traceId}-b7ad6b7169203331-01`,
    `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    'x',
  ])('begins anew where that is %s', async (traceparent) => {
    const begun = await traceOf(traceparent);
    expect(begun).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(begun).not.toBe(traceId);
  });
});

describe('a page of another origin', () => {
  const preflight = (origin: string) =>
    server.app.inject({
      method: 'OPTIONS',
      url: '/things/1',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });

  it('may ask where it is allowed, without cookies', async () => {
    const { headers } = await preflight('https://app.example.com');
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: expect.stringContaining('Origin'),
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may read answers where it is allowed, refusals and Retry-After too', async () => {
    const headers = { origin: 'https://app.example.com' };
    const response = await server.app.inject({ url: '/refuser', headers });
    expect(response.statusCode).toBe(429);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-expose-headers': 'retry-after',
    });
  });

  it.each(['https://evil.com', 'null'])('may not where it is %s', async (origin) => {
    expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    const { headers } = await server.app.inject({ url: '/things/1', headers: { origin } });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

it('sends the security headers, and does not say what it runs on', async () => {
  const { headers } = await server.app.inject('/things/1');
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'strict-transport-security': expect.stringContaining('max-age='),
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('server');
});

it('describes its routes at /openapi.json', async () => {
  const document = (await server.app.inject('/openapi.json')).json();
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Test', version: '1.2.3' } });
  expect(Object.keys(document.paths)).toEqual(['/things/{id}', '/refuser']);
});

it('logs each request by its route, and never a query, a header or a parameter', async () => {
  const headers = { authorization: 'Bearer secret-1', cookie: 'a=secret-2' };
  for (const path of ['/things/secret-3', '/nowhere/secret-4', '/refuser', '/%zz'])
    await server.app.inject({ url: `${path}?ticket=secret-5`, headers });
  expect(server.logs.text).not.toContain('secret');
  expect(server.logs.named('http_request').map(({ route, status }) => [route, status])).toEqual([
    ['/things/:id', 200],
    ['none', 404],
    ['/refuser', 429],
  ]);
});

it('measures each request by its route', async () => {
  const metrics = await server.telemetry.serveMetrics(0, '127.0.0.1');
  await server.app.inject('/things/1?ticket=secret');
  const { port } = metrics.address() as { port: number };
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toMatch(/http_server_request_duration_seconds_count\{.*http_route="\/things\/:id".*\} 1\n/);
  expect(text).not.toContain('secret');
});

it('answers bytes that are no HTTP with 400, and lives on', async () => {
  await server.app.ready();
  const port = await listen(server.app.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
  const noise = await openSocket(`http://127.0.0.1:${port}/`, { request: 'NOISE\r\n\r\n' });
  expect((await noise.response()).status).toBe(400);
  expect((await fetch(`http://127.0.0.1:${port}/things/1`)).status).toBe(200);
});
