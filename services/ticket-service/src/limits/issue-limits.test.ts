import { createStoreClock, handshakeKeyOf, newId, newTicket } from '@admit-one/core';
import { eventually, nowhere } from '@admit-one/testkit';
import { createTicketClient } from '@admit-one/ticket-client';
import { afterEach, describe, expect, test } from 'vitest';
import { type Fixture, type FixtureOptions, startFixture, UNLIMITED } from '../ticket-service.fixture.ts';

let fixture: Fixture;

async function start(
  limits: Partial<typeof UNLIMITED>,
  config: FixtureOptions['config'] = {},
): Promise<void> {
  fixture = await startFixture({ config: { ...config, limits: { ...UNLIMITED, ...limits } } });
}

afterEach(() => fixture.stop());

const ask = async (claims: Record<string, unknown>) => fixture.ask(await fixture.provider.token(claims));

async function statuses(times: number, claims: Record<string, unknown> = {}): Promise<readonly number[]> {
  const answers: number[] = [];
  for (let time = 0; time < times; time += 1) answers.push((await ask(claims)).status);
  return answers;
}

/** The rejection's event, once it is on the stream. */
function rejections(reason: string) {
  return fixture.events.filter(
    ({ type, data }) => type === 'admit.issuance.rejected' && data.reason === reason,
  );
}

describe('the limits of issuing', () => {
  test('hold a session to its own, say when to come back, and tell the audit log', async () => {
    await start({ ticketsPerSession: 4 });
    expect(await statuses(4)).toEqual([200, 200, 200, 200]);
    const response = await ask({});
    expect(response.status).toBe(429);
    const retryAfter = Number(response.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(await response.json()).toMatchObject({
      code: 'RATE_LIMITED',
      detail: expect.stringMatching(/^This session has requested more than 4 tickets in a minute\./),
    });
    expect(await statuses(1, { sessionId: 'another' })).toEqual([200]);
    await eventually(
      () =>
        expect(rejections('issue_rate')).toMatchObject([
          { data: { principal: { session: 'test-session' } } },
        ]),
      { what: 'the event of the rejection' },
    );
  });

  test('hold a user to one over all sessions', async () => {
    await start({ ticketsPerSession: 100, ticketsPerUser: 3 });
    for (let session = 0; session < 3; session += 1)
      expect(await statuses(1, { sessionId: `${session}` })).toEqual([200]);
    expect(await statuses(1, { sessionId: 'one more' })).toEqual([429]);
    expect(await statuses(1, { sessionId: 'one more', sub: 'another' })).toEqual([200]);
  });

  test('tell an edge how long a client with a JWT has to wait', async () => {
    await start({ ticketsPerSession: 4 }, { jwtPathway: [] });
    const client = createTicketClient({ requests: fixture.bus.requests, clock: createStoreClock() });
    const token = await fixture.provider.token();
    const exchange = () =>
      client.reserve({
        ...{ ticket: newTicket(), handshake: handshakeKeyOf(newId()), context: nowhere },
        jwt: { token },
      });
    expect(await exchange()).toMatchObject({ kind: 'reserved' });
    // A second copy of a request counts too.
    for (let time = 0; time < 4; time += 1) await exchange();
    const rejection = await exchange();
    expect(rejection).toMatchObject({ kind: 'rejected', reason: 'issue_rate' });
    expect('retryAfterSeconds' in rejection && rejection.retryAfterSeconds).toBeGreaterThan(50);
  });

  test('count nothing that a revocation or a pause rejects', async () => {
    await start({ ticketsPerSession: 2, ticketsPerUser: 3 });
    const now = Math.floor(Date.now() / 1000);
    await fixture.decide('POST', 'revocations', { user: 'test-user', issuer: 'main' });
    expect(await statuses(5, { iat: now - 10 })).toEqual([401, 401, 401, 401, 401]);
    const { id } = await fixture.decide('POST', 'actions', { pause: true });
    const later = { iat: now + 5 };
    expect(await statuses(5, later)).toEqual([503, 503, 503, 503, 503]);
    await fixture.decide('DELETE', `revocations/${id}`);
    expect(await statuses(3, later)).toEqual([200, 200, 429]);
  });

  test('reject by address only what has no good token', async () => {
    await start({ failedTokens: 3 });
    const bad = async () => (await fixture.ask('bad')).status;
    expect([await bad(), await bad(), await bad(), await bad()]).toEqual([401, 401, 401, 429]);
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
    const forged = await fixture.ask('bad', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(forged.status).toBe(429);
    await eventually(() => expect(rejections('failure_rate')).toHaveLength(2), { what: 'both rejections' });
  });

  test('hold renewals, status requests and log-outs of a user to the same, each by itself, and tell the audit log', async () => {
    await start({ ticketsPerUser: 1 });
    const ticketId = 'a'.repeat(43);
    // A token made in the second after a log-out is one of a later login.
    const iat = Math.floor(Date.now() / 1000);
    const send = async (path: string, sessionId: string, body?: object) => {
      const { status } = await fetch(fixture.url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await fixture.provider.token({ sessionId, iat })}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      return status;
    };
    const renew = () => send('/api/websocket/renew', 's', { ticketId });
    expect([await renew(), await renew()]).toEqual([404, 429]);
    const status = () => send('/api/websocket/ticket/status', 's', { ticket: '0'.repeat(32) });
    expect([await status(), await status()]).toEqual([200, 429]);
    const logOut = (session: string) => send('/api/v1/auth/logout', session);
    expect([await logOut('s-1'), await logOut('s-1'), await logOut('s-2')]).toEqual([200, 401, 429]);
    expect(await statuses(1)).toEqual([200]);
    const requests = () =>
      fixture.events.flatMap(({ type, data: { request, reason, ticketId: of } }) =>
        type === 'admit.issuance.rejected' ? [[request, reason, of]] : [],
      );
    await eventually(
      () =>
        expect(requests()).toEqual([
          ['renewal', 'request_invalid', ticketId],
          ['renewal', 'issue_rate', ticketId],
          ['logout', 'session_revoked', undefined],
          ['logout', 'issue_rate', undefined],
        ]),
      { what: 'the rejections' },
    );
  });

  test.each([
    ['status', 'POST', '/api/websocket/ticket/status', { ticket: '0'.repeat(32) }],
    ['renew', 'POST', '/api/websocket/renew', { ticketId: 'a'.repeat(43) }],
    ['log-out', 'POST', '/api/v1/auth/logout', undefined],
    ['on behalf', 'POST', '/api/websocket/ticket/on-behalf', { session: 's' }],
    ['revocations', 'GET', '/api/v1/admin/revocations', undefined],
    ['connections', 'POST', '/api/v1/admin/connections/list', { session: 's' }],
  ])('count bad tokens of a network at every endpoint together: %s', async (_, method, path, body) => {
    await start({ failedTokens: 1 });
    const send = () =>
      fetch(fixture.url + path, {
        method,
        headers: { authorization: 'Bearer bad', ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    expect((await fixture.ask('bad')).status).toBe(401);
    const response = await send();
    expect([response.status, Number(response.headers.get('retry-after')) > 50]).toEqual([429, true]);
  });

  test('count bad logout tokens of an identity provider', async () => {
    await start({ failedTokens: 1 });
    const send = () =>
      fetch(`${fixture.url}/oidc/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: 'bad' }),
      });
    expect((await send()).status).toBe(400);
    const response = await send();
    expect([response.status, Number(response.headers.get('retry-after')) > 50]).toEqual([429, true]);
  });

  test('reject by address who starts too many anonymous sessions', async () => {
    await start({ anonymousSessions: 2 });
    const begin = async () => (await fetch(`${fixture.url}/api/v1/auth/token`, { method: 'POST' })).status;
    expect([await begin(), await begin(), await begin()]).toEqual([200, 200, 429]);
    await eventually(
      () =>
        expect(rejections('rate_limited')).toMatchObject([
          { data: { request: 'anonymous_session', principal: null, context: { address: '127.0.0.1' } } },
        ]),
      { what: 'the rejection' },
    );
  });
});
