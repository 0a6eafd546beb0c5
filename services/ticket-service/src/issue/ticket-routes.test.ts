import { isTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { eventually, openSocket } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fixture, FRONTEND, startFixture } from '../ticket-service.fixture.ts';
import type { IssuedTicket } from './issue-ticket.ts';
import { ticketPaths } from './ticket-routes.ts';

/** Of the form of a ticket. */
const SECRET = '0123456789abcdef0123456789abcdef';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});

afterAll(() => fixture.stop());

async function issue(init?: RequestInit): Promise<IssuedTicket> {
  const response = await fixture.ask(await fixture.provider.token(), init);
  expect(response.status).toBe(200);
  return (await response.json()) as IssuedTicket;
}

async function eventOf(type: string, subject: string) {
  return eventually(
    () => {
      const event = fixture.events.find(
        (candidate) => candidate.type === type && candidate.subject === subject,
      );
      expect(event).toBeDefined();
      return event!;
    },
    { what: 'the event of the request' },
  );
}

/** Asks for a ticket, and gives the rejection's problem document with the event that tells of it. */
async function rejectedWith(ask: () => Promise<Response>) {
  const earlier = new Set(fixture.events.map(({ id }) => id));
  const response = await ask();
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem.status).toBe(response.status);
  const event = await eventually(
    () => {
      const rejected = fixture.events.filter(
        ({ id, type }) => !earlier.has(id) && type === 'admit.issuance.rejected',
      );
      expect(rejected).toHaveLength(1);
      return rejected[0]!;
    },
    { what: 'the event of the rejection' },
  );
  expect(event).toMatchObject({ source: fixture.instance, subject: fixture.instance, data: { count: 1 } });
  const lines = fixture.logs.named('issuance_rejected').filter(({ traceId }) => traceId === problem.traceId);
  expect(lines).toMatchObject([{ reason: event.data.reason }]);
  return { problem, event, line: lines[0]! };
}

describe('the ticket endpoint', () => {
  test.each(ticketPaths)('issues a ticket at $method $url', async ({ method, url }) => {
    const authorization = `Bearer ${await fixture.provider.token()}`;
    const before = Date.now();
    const response = await fetch(fixture.url + url, { method, headers: { authorization } });
    const after = Date.now();
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as IssuedTicket;
    expect(Object.keys(body)).toEqual(['ticket', 'ticketId', 'expiresInSeconds', 'expires_at']);
    expect(isTicket(body.ticket)).toBe(true);
    expect(body.ticketId).toBe(ticketIdOf(proofOf(body.ticket)));
    expect(body.expiresInSeconds).toBe(30);
    // Whole seconds, by the clock of the store.
    expect(body.expires_at).toBeGreaterThan(before / 1_000 + 28);
    expect(body.expires_at).toBeLessThan(after / 1_000 + 31);
  });

  test.each(ticketPaths)('rejects at $method $url without a token', async ({ method, url }) => {
    const { problem, event, line } = await rejectedWith(() => fetch(fixture.url + url, { method }));
    expect(problem).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    expect(event.data).toMatchObject({ reason: 'token_invalid', principal: null });
    expect(line.severity).toBe('INFO');
  });

  test('issues nothing for HEAD', async () => {
    const authorization = `Bearer ${await fixture.provider.token()}`;
    const response = await fetch(`${fixture.url}/api/v1/ws-ticket`, {
      method: 'HEAD',
      headers: { authorization },
    });
    expect(response.status).toBe(405);
  });

  test('stores the issue with its principal and where it came from', async () => {
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    const headers = { origin: FRONTEND, 'user-agent': 'x'.repeat(1_000), traceparent };
    const { ticketId } = await issue({ headers });
    const event = await eventOf('admit.ticket.issued', ticketId);
    expect(event.traceparent).toMatch(/^00-(?!0123456789abcdef0123456789abcdef)[0-9a-f]{32}-/);
    expect(fixture.logs.named('ticket_issued').at(-1)).toMatchObject({
      ticketId,
      linkedTraceId: '0123456789abcdef0123456789abcdef',
    });
    expect(event.data).toMatchObject({
      principal: { issuer: 'main', session: 'test-session', sessionFrom: 'sessionId', user: 'test-user' },
      route: null,
      context: {
        address: '127.0.0.1',
        origin: FRONTEND,
        agent: 'x'.repeat(512),
        route: null,
        carrier: null,
        edge: fixture.instance,
      },
    });
  });

  test('logs the issue by the ticket id', async () => {
    const { ticketId } = await issue();
    expect(fixture.logs.named('ticket_issued').at(-1)).toMatchObject({
      severity: 'INFO',
      hasUserId: true,
      ttl: 30,
      ticketId,
      ticketHash: ticketId,
      sessionId: 'test-session',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  const json = { 'content-type': 'application/json' };

  test('binds a ticket to the route of the body, or of the query', async () => {
    const bound = await issue({ headers: json, body: '{"route":"chat"}' });
    expect((await eventOf('admit.ticket.issued', bound.ticketId)).data).toMatchObject({ route: 'chat' });

    const authorization = `Bearer ${await fixture.provider.token()}`;
    const queried = await fetch(`${fixture.url}/api/v1/ws-ticket?route=games`, {
      headers: { authorization },
    });
    const { ticketId } = (await queried.json()) as IssuedTicket;
    expect((await eventOf('admit.ticket.issued', ticketId)).data).toMatchObject({ route: 'games' });
  });

  test.each(['', '{}'])('issues an unbound ticket for the body %j', async (body) => {
    const { ticketId } = await issue({ headers: json, body });
    expect((await eventOf('admit.ticket.issued', ticketId)).data).toMatchObject({ route: null });
  });

  test.each([
    ['bad JSON', { headers: json, body: '{"route":' }, 400],
    ['prototype pollution', { headers: json, body: '{"__proto__":{"route":"x"}}' }, 400],
    ['a list', { headers: json, body: '[1,2]' }, 400],
    ['the reserved route', { headers: json, body: '{"route":"ticket"}' }, 400],
    ['an upper-case route', { headers: json, body: '{"route":"Chat"}' }, 400],
    ['a route of 33 characters', { headers: json, body: JSON.stringify({ route: 'a'.repeat(33) }) }, 400],
    ['a list as route', { headers: json, body: '{"route":["chat"]}' }, 400],
    ['a number as route', { headers: json, body: '{"route":1}' }, 400],
    ['an object as route', { headers: json, body: '{"route":{}}' }, 400],
    ['another content type', { headers: { 'content-type': 'text/xml' }, body: '<a/>' }, 415],
  ] as const)('rejects %s', async (_, init, status) => {
    const token = await fixture.provider.token();
    const { problem, event } = await rejectedWith(() => fixture.ask(token, init));
    expect(problem).toMatchObject({ status, code: 'INVALID_REQUEST' });
    expect(event.data).toMatchObject({ reason: 'request_invalid', detail: problem.detail });
  });

  test.each([
    ['client', SECRET],
    ['client', `x/${SECRET}`],
    ['client', `${SECRET.toUpperCase()}f`],
    ['client', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'],
    ['route', SECRET],
    ['route', SECRET.toUpperCase()],
  ])('rejects the %s %s, which may be a secret, and keeps it nowhere', async (name, value) => {
    const token = await fixture.provider.token();
    const init = { headers: json, body: JSON.stringify({ [name]: value }) };
    const { problem, event, line } = await rejectedWith(() => fixture.ask(token, init));
    expect(problem).toMatchObject({
      status: 400,
      detail: `${name} looks like a ticket or a token, which is a secret.`,
    });
    expect(JSON.stringify([problem, event, line])).not.toContain(value);
  });

  test('takes a route of the query and of the body only where they are the same', async () => {
    const authorization = `Bearer ${await fixture.provider.token()}`;
    const send = (route: string) =>
      fetch(`${fixture.url}/api/websocket/ticket?route=${route}`, {
        method: 'POST',
        headers: { ...json, authorization },
        body: '{"route":"chat"}',
      });
    expect((await send('chat')).status).toBe(200);
    expect((await rejectedWith(() => send('games'))).problem).toMatchObject({ status: 400 });
  });

  test('rejects a route of the query that may be a secret', async () => {
    const headers = { authorization: `Bearer ${await fixture.provider.token()}` };
    const { problem } = await rejectedWith(() =>
      fetch(`${fixture.url}/api/v1/ws-ticket?route=${SECRET}`, { headers }),
    );
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining('route looks like') });
  });

  test.each([
    ['Route', 'body', '', '{"Route":"chat"}'],
    ['routes', 'body', '', '{"route":"chat","routes":["chat"]}'],
    ['route ', 'body', '', '{"route ":"chat"}'],
    ['Route', 'querystring', '?Route=chat', undefined],
    ['route[]', 'querystring', '?route[]=chat', undefined],
    ['rout', 'querystring', '?rout=chat', '{"route":"chat"}'],
  ])('rejects a member %j of the %s, and names it', async (name, part, query, body) => {
    const authorization = `Bearer ${await fixture.provider.token()}`;
    for (const { method, url } of ticketPaths) {
      if (body !== undefined && method === 'GET') continue;
      const init =
        body === undefined ? { headers: { authorization } } : { body, headers: { ...json, authorization } };
      const { problem } = await rejectedWith(() => fetch(fixture.url + url + query, { method, ...init }));
      expect(problem).toMatchObject({
        status: 400,
        code: 'INVALID_REQUEST',
        detail: `The ${part} has a member ${JSON.stringify(name)}, which is not known here.`,
      });
    }
  });

  test('rejects a GET with a body, whose route it would not see', async () => {
    const authorization = `Bearer ${await fixture.provider.token()}`;
    const head = ['GET /api/v1/ws-ticket HTTP/1.1', 'Host: a', `Authorization: ${authorization}`];
    const lines = [...head, 'Content-Type: application/json', 'Content-Length: 16', 'Connection: close'];
    const request = `${lines.join('\r\n')}\r\n\r\n{"route":"chat"}`;
    const { problem } = await rejectedWith(async () => {
      const { status, headers, body } = await (await openSocket(fixture.url, { request })).response();
      return new Response(body, { status, headers: headers as Record<string, string> });
    });
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining('query') });
  });

  test('rejects a request without a token before it reads the body', async () => {
    const { problem } = await rejectedWith(() =>
      fixture.ask(undefined, { headers: json, body: '{"route":' }),
    );
    expect(problem).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
  });

  test('rejects a huge body', async () => {
    const token = await fixture.provider.token();
    const body = JSON.stringify({ padding: 'x'.repeat(20_000) });
    const { problem, event } = await rejectedWith(() => fixture.ask(token, { headers: json, body }));
    expect(problem).toMatchObject({ status: 413, code: 'MESSAGE_TOO_BIG' });
    expect(event.data).toMatchObject({ reason: 'message_too_big' });
  });

  const now = Math.floor(Date.now() / 1000);
  test.each([
    ['no JWT', () => 'abc', /compact form/],
    ['alg none', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.e30`, /issuer/],
    ['another issuer', () => fixture.provider.token({ iss: 'https://evil.example' }), /issuer/],
    ['another audience', () => fixture.provider.token({ aud: 'another' }), /audience/],
    ['an expiry long past', () => fixture.provider.token({ exp: now - 3600 }), /expired/],
    ['nbf ahead', () => fixture.provider.token({ nbf: now + 3600 }), /not valid yet/],
    ['an unknown key', () => fixture.provider.token({}, { header: { kid: 'x' } }), /key/],
    [
      'a session of several lines',
      () => fixture.provider.token({ sessionId: 'a\nb' }),
      /sessionId.* names the session/,
    ],
    ['an empty sub', () => fixture.provider.token({ sub: '' }), /sub .* names the user/],
    ['16 KiB and more', () => fixture.provider.token({ padding: 'x'.repeat(16_384) }), /longer than/],
  ])('rejects a token with %s, and says which check failed', async (_, tokenOf, detail) => {
    const token = await tokenOf();
    const { problem, event } = await rejectedWith(() => fixture.ask(token));
    expect(problem).toMatchObject({
      status: 401,
      code: 'INVALID_TOKEN',
      detail: expect.stringMatching(detail),
    });
    expect(event.data).toMatchObject({ reason: 'token_invalid', detail: problem.detail });
  });

  test('rejects a token that names no session, and says what to change', async () => {
    const token = await fixture.provider.token({ sessionId: undefined, sub: undefined, jti: 'j', tid: 't' });
    const { problem, event } = await rejectedWith(() => fixture.ask(token));
    expect(problem).toMatchObject({ status: 401, code: 'MISSING_SESSION' });
    expect(problem.detail).toMatch(
      /jti, tid, and none of sessionId, sid that can be used: add .* to JWT_SESSION_CLAIMS/,
    );
    expect(event.data).toMatchObject({ reason: 'session_missing' });
  });

  test('derives the session of a token without one from its sub', async () => {
    const token = await fixture.provider.token({ sessionId: undefined, sub: 'bob', auth_time: 7 });
    const { ticketId } = (await (await fixture.ask(token)).json()) as IssuedTicket;
    const { data } = await eventOf('admit.ticket.issued', ticketId);
    expect(data.principal).toMatchObject({ sessionFrom: 'derived', user: 'bob' });
  });

  test('writes no ticket, proof or token anywhere', async () => {
    const token = await fixture.provider.token({ sub: 'carol' });
    const expired = await fixture.provider.token({ exp: now - 60 });
    const response = await fixture.ask(token);
    await rejectedWith(() => fixture.ask(expired));
    const { ticket, ticketId } = (await response.json()) as IssuedTicket;
    await eventOf('admit.ticket.issued', ticketId);
    const written = [fixture.logs.text, JSON.stringify(fixture.events), await fixture.metrics()].join('\n');
    expect(written).toContain(ticketId);
    for (const secret of [ticket, proofOf(ticket), token, expired, ...token.split('.').slice(1)])
      expect(written).not.toContain(secret);
  });
});
