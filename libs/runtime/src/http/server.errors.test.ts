import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RejectionError } from './rejection-error.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';
import { MAX_BODY_BYTES } from './server.ts';

let server: TestServer;

beforeEach(async () => {
  server = await createTestServer();
  const schema = {
    body: { type: 'object', properties: { route: { type: 'string' } }, additionalProperties: false },
  };
  server.app.post('/things', { schema }, () => ({ done: true }));
});
afterEach(() => server.close());

/** Posts a body of a content type, and gives what a client sees of the answer. */
async function post(payload: string, type = 'application/json') {
  const response = await server.app.inject({
    method: 'POST',
    url: '/things',
    headers: { 'content-type': type },
    payload,
  });
  return { status: response.statusCode, ...response.json() };
}

/** What a client sees of a handler that throws. */
async function answerTo(error: unknown, query = '') {
  server.app.get('/thrower', () => {
    throw error;
  });
  return server.app.inject(`/thrower${query}`);
}

describe('a request that is wrong', () => {
  it('for a path that is not there', async () => {
    const response = await server.app.inject('/nowhere?ticket=secret');
    expect(response.statusCode).toBe(404);
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(response.json()).toEqual({
      type: 'urn:admit-one:problem:route-unknown',
      title: 'Route unknown',
      status: 404,
      detail: 'There is nothing at GET /nowhere.',
      code: 'ROUTE_UNKNOWN',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it.each([
    ['bad JSON', '{"route":', 'application/json', 400],
    ['a member too many', '{"router":"chat"}', 'application/json', 400],
    ['a prototype', '{"__proto__":{"route":"chat"}}', 'application/json', 400],
    ['a constructor', '{"constructor":{"prototype":{}}}', 'application/json', 400],
    ['an array', '[]', 'application/json', 400],
    ['another content type', '<route/>', 'application/xml', 415],
    ['text', 'route', 'text/plain', 415],
  ])('with %s', async (_, payload, type, status) => {
    expect(await post(payload, type)).toMatchObject({ status, code: 'INVALID_REQUEST' });
  });

  it('with more members too many than a validator lists', async () => {
    const members = Array.from({ length: 20 }, (_, n) => [`member${n}`, n]);
    const answer = await post(JSON.stringify(Object.fromEntries(members)));
    const detail = 'The body has a member "member0", which is not known here.';
    expect(answer).toMatchObject({ status: 400, code: 'INVALID_REQUEST', detail });
  });

  it('with a body that is too large', async () => {
    const body = (bytes: number) => JSON.stringify({ route: 'x'.repeat(bytes - '{"route":""}'.length) });
    expect(await post(body(MAX_BODY_BYTES))).toMatchObject({ status: 200 });
    expect(await post(body(MAX_BODY_BYTES + 1))).toMatchObject({ status: 413, code: 'MESSAGE_TOO_BIG' });
  });

  it('with a URL that cannot be decoded', async () => {
    const response = await server.app.inject('/%zz');
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'INVALID_REQUEST', traceId: expect.any(String) });
  });

  it('is no matter for the log above debug', async () => {
    await post('{"route":');
    expect(server.logs.lines.filter(({ severity }) => severity !== 'DEBUG')).toEqual([]);
  });
});

describe('a number in a query', () => {
  it.each([
    ['7', 200],
    ['0', 400],
    ['11', 400],
    ['1.5', 400],
    ['NaN', 400],
    ['Infinity', 400],
    ['9'.repeat(400), 400],
  ])('of %s is held to its bounds', async (n, status) => {
    const querystring = { type: 'object', properties: { n: { type: 'integer', minimum: 1, maximum: 10 } } };
    server.app.get('/counted', { schema: { querystring } }, () => ({ done: true }));
    expect((await server.app.inject(`/counted?n=${n}`)).statusCode).toBe(status);
  });
});

describe('an empty body', () => {
  it('counts as absent, whatever its content type', async () => {
    server.app.post('/nothing', (request) => ({ body: request.body ?? null }));
    const headers = { 'content-type': 'application/json' };
    const response = await server.app.inject({ method: 'POST', url: '/nothing', headers });
    expect(response.json()).toEqual({ body: null });
  });
});

describe('a rejection', () => {
  it('is answered with its problem document, and when to try again', async () => {
    const response = await answerTo(new RejectionError('rate_limited', { retryAfterSeconds: 1.2 }));
    expect(response.statusCode).toBe(429);
    expect(response.headers['retry-after']).toBe('2');
    expect(response.json()).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(server.logs.text).not.toContain('http_request_failed');
  });

  it('asks for a bearer token where it is 401', async () => {
    const response = await answerTo(
      new RejectionError('token_invalid', { detail: 'The signature is wrong.' }),
    );
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json()).toMatchObject({ code: 'INVALID_TOKEN', detail: 'The signature is wrong.' });
  });

  it.each([
    ['token_invalid', 401, 'INFO'],
    ['scope_missing', 403, 'WARNING'],
    ['rate_limited', 429, 'WARNING'],
  ] as const)('that denies is in the log with who asked for what: %s', async (reason, status, severity) => {
    const response = await answerTo(
      new RejectionError(reason, { detail: 'Not that.', scope: 'audit:read', subject: 'ann' }),
      '?secret=1',
    );
    expect(response.statusCode).toBe(status);
    expect(server.logs.named('request_denied')).toMatchObject([
      {
        ...{ severity, reason, detail: 'Not that.', subject: 'ann' },
        ...{ method: 'GET', route: '/thrower', address: '127.0.0.1', traceId: response.json().traceId },
      },
    ]);
    expect(server.logs.text).not.toContain('secret');
  });

  it('that was reported is not in the log again', async () => {
    await answerTo(new RejectionError('token_invalid', { reported: true }));
    expect(server.logs.named('request_denied')).toEqual([]);
  });

  it('that is our fault is in the log with its cause, and the cause only there', async () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.7:6379');
    const response = await answerTo(new RejectionError('store_unavailable', { cause }));
    expect(response.statusCode).toBe(503);
    expect(response.payload).not.toContain('10.0.0.7');
    expect(server.logs.named('http_request_failed')).toMatchObject([
      {
        severity: 'CRITICAL',
        reason: 'store_unavailable',
        err: { message: cause.message },
        traceId: response.json().traceId,
      },
    ]);
  });
});

describe('an error that nobody expected', () => {
  it.each([
    ['an error', new Error('row 7 of table users')],
    ['a text', 'row 7 of table users'],
  ])('%s is a 500 that says nothing, and a critical line that says all', async (_, error) => {
    const response = await answerTo(error);
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'INTERNAL', detail: expect.stringContaining('our side') });
    expect(response.payload).not.toContain('users');
    const [line] = server.logs.named('http_request_failed');
    expect(line).toMatchObject({
      severity: 'CRITICAL',
      reason: 'internal',
      traceId: response.json().traceId,
    });
    expect(JSON.stringify(line)).toContain('row 7 of table users');
  });
});
