import { createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { eventually } from '@admit-one/testkit';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';
import type { AnonymousSession } from './anonymous-sessions.ts';

async function start(fixture: Fixture): Promise<Response> {
  return fetch(`${fixture.url}/api/v1/auth/token`, { method: 'POST' });
}

async function keysOf(fixture: Fixture): Promise<JSONWebKeySet> {
  return (await fetch(`${fixture.url}/.well-known/jwks.json`)).json() as Promise<JSONWebKeySet>;
}

describe('anonymous sessions', () => {
  test('have a token that the published keys verify, and that gets tickets without a user', async () => {
    const fixture = await startFixture();
    const response = await start(fixture);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { token, sessionId, expiresInSeconds } = (await response.json()) as AnonymousSession;
    expect(expiresInSeconds).toBe(600);

    const keys = await keysOf(fixture);
    expect(keys.keys[0]).not.toHaveProperty('d');
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { audience: 'admit-one' });
    expect(payload).toEqual({
      iss: 'urn:admit-one:anonymous',
      aud: 'admit-one',
      sessionId,
      iat: expect.any(Number),
      exp: payload.iat! + 600,
    });

    expect((await fixture.ask(token)).status).toBe(200);
    const issued = await eventually(
      () => {
        const event = fixture.events.find(({ type }) => type === 'admit.ticket.issued');
        expect(event).toBeDefined();
        return event;
      },
      { what: 'the event of the issue' },
    );
    expect(issued?.data.principal).toMatchObject({
      issuer: 'anonymous',
      session: sessionId,
      sessionFrom: 'sessionId',
      user: null,
    });
    expect(fixture.logs.text).not.toContain(token.split('.')[2]);
    await fixture.stop();
  });

  test('that are logged out are revoked for as long as their token lives', async () => {
    const fixture = await startFixture({ config: { revocationRetentionMs: 86_400_000 } });
    const { token } = (await (await start(fixture)).json()) as AnonymousSession;
    const response = await fetch(`${fixture.url}/api/v1/auth/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    const { expiresAt } = (await response.json()) as { expiresAt: string };
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
    expect([seconds > 600, seconds < 800]).toEqual([true, true]);
    await fixture.stop();
  });

  test('are each another one', async () => {
    const fixture = await startFixture();
    const [one, two] = await Promise.all([start(fixture), start(fixture)]);
    const [{ sessionId }, other] = (await Promise.all([one.json(), two.json()])) as [
      AnonymousSession,
      AnonymousSession,
    ];
    expect(sessionId).not.toBe(other.sessionId);
    await fixture.stop();
  });

  test('must carry a sessionId, whatever the session rule of other issuers says', async () => {
    const key = generateSigningKey();
    const fixture = await startFixture({ config: { anonymous: { key, tokenSeconds: 600 } } });
    const own = createTokenIssuer({ issuer: 'urn:admit-one:anonymous', audience: 'admit-one', key });
    const token = await own.sign({ sub: 'ann', sid: 's' }, { ttlSeconds: 60 });
    const response = await fixture.ask(token);
    expect(await response.json()).toMatchObject({ status: 401, code: 'MISSING_SESSION' });
    await fixture.stop();
  });

  test('that are switched off are rejected, have no keys, and their tokens get no tickets', async () => {
    const fixture = await startFixture({ config: { anonymous: null } });
    const response = await start(fixture);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ status: 403, code: 'ANONYMOUS_DISABLED' });
    expect(await keysOf(fixture)).toEqual({ keys: [] });

    const key = generateSigningKey();
    const own = createTokenIssuer({ issuer: 'urn:admit-one:anonymous', audience: 'admit-one', key });
    const token = await own.sign({ sessionId: 's' }, { ttlSeconds: 60 });
    expect((await fixture.ask(token)).status).toBe(401);
    await fixture.stop();
  });
});
