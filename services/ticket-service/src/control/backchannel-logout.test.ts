import { newId } from '@admit-one/core';
import { createSigningKey, eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const CLIENT = 'my-client';

let fixture: Fixture;
let lenient: Fixture;

beforeAll(async () => {
  const logout = (expRequired: boolean) => ({ logout: { audiences: [CLIENT], expRequired } });
  [fixture, lenient] = await Promise.all([startFixture(logout(true)), startFixture(logout(false))]);
});

afterAll(() => Promise.all([fixture.stop(), lenient.stop()]));

/** One that fetches the keys of its issuer. */
async function startRemote(): Promise<Fixture> {
  const remote = await startFixture({
    logout: { audiences: [CLIENT], expRequired: true },
    fetchesKeys: true,
  });
  onTestFinished(() => remote.stop());
  return remote;
}

function logoutToken(
  claims: object = {},
  header: object = { typ: 'logout+jwt' },
  at = fixture,
): Promise<string> {
  const usual = { aud: CLIENT, sessionId: undefined, sub: undefined, jti: newId(), events: { [EVENT]: {} } };
  return at.provider.token({ ...usual, sid: newId(), ...claims }, { header: { ...header } });
}

async function send(token: string | readonly string[], at = fixture) {
  const body = new URLSearchParams([token].flat().map((one) => ['logout_token', one]));
  const response = await fetch(`${at.url}/oidc/backchannel-logout`, { method: 'POST', body });
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  return { status: response.status, ...(text && (JSON.parse(text) as { error_description: string })) };
}

describe('a back-channel logout', () => {
  it('ends the session that it names, and not the next one of the user', async () => {
    const [sid, sub] = [newId(), newId()];
    const iat = Math.floor(Date.now() / 1000) - 1;
    const token = (claims: object) => fixture.provider.token({ sub, iat, sessionId: undefined, ...claims });
    expect(await send(await logoutToken({ sid, sub }))).toEqual({ status: 200 });
    const rejected = await fixture.ask(await token({ sid }));
    expect(await rejected.json()).toMatchObject({ status: 401, code: 'SESSION_REVOKED' });
    expect((await fixture.ask(await token({ sid: newId() }))).status).toBe(200);
  });

  it('is verified with the keys that tokens are verified with', async () => {
    const remote = await startRemote();
    const { provider } = remote;
    const isFetched = async () => (await remote.ask(await provider.token())).status === 200;
    await eventually(isFetched, { what: 'the keys' });
    const { fetches } = provider;
    expect(await send(await logoutToken({}, {}, remote), remote)).toEqual({ status: 200 });
    expect(provider.fetches).toBe(fetches);
  });

  it('without a session ends every session of the user that began before', async () => {
    const sub = newId();
    const now = Math.floor(Date.now() / 1000);
    const token = (claims: object) => fixture.provider.token({ sub, sessionId: newId(), ...claims });
    expect(await send(await logoutToken({ sid: undefined, sub, iat: now - 10 }))).toEqual({ status: 200 });
    expect((await fixture.ask(await token({ iat: now - 10 }))).status).toBe(401);
    expect((await fixture.ask(await token({ iat: now - 9 }))).status).toBe(200);
  });

  it('is accepted once', async () => {
    const token = await logoutToken();
    expect(await send(token)).toEqual({ status: 200 });
    expect(await send(token)).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: /before/,
    });
  });

  const now = Math.floor(Date.now() / 1000);

  it.each([
    ['no token', () => []],
    ['two tokens', async () => [await logoutToken(), await logoutToken()]],
    ['a token that is none', () => 'abc'],
    ['another issuer', () => logoutToken({ iss: 'https://evil.example' })],
    ['the audience of access tokens', () => logoutToken({ aud: 'admit-one' })],
    ['the type of an access token', () => logoutToken({}, { typ: 'at+jwt' })],
    ['no events', () => logoutToken({ events: undefined })],
    ['another event', () => logoutToken({ events: { 'https://example.com/event': {} } })],
    ['an event that is no object', () => logoutToken({ events: { [EVENT]: true } })],
    ['a nonce', () => logoutToken({ nonce: 'n' })],
    ['no jti', () => logoutToken({ jti: undefined })],
    ['neither session nor user', () => logoutToken({ sid: undefined })],
    ['no iat', () => logoutToken({ iat: undefined })],
    ['an iat ahead', () => logoutToken({ iat: now + 3_600 })],
    ['no exp', () => logoutToken({ exp: undefined })],
    ['an exp in the past', () => logoutToken({ exp: now - 60 })],
    ['the key of somebody else', async () => logoutSignedBy(await createSigningKey('ES256'))],
    ['an access token of the user', () => fixture.provider.token()],
  ])('is rejected with %s', async (_, tokenOf) => {
    expect(await send(await tokenOf())).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  it('without exp is accepted where that is configured, if it is young', async () => {
    const exp = undefined;
    expect(await send(await logoutToken({ exp }, {}, lenient), lenient)).toEqual({ status: 200 });
    const old = await logoutToken({ exp, iat: now - 3_600 }, {}, lenient);
    expect(await send(old, lenient)).toMatchObject({ status: 400 });
  });

  it('is to be sent again where the keys of the issuer are unreachable', async () => {
    const another = await startRemote();
    another.provider.behave('failing');
    const token = await logoutToken({}, {}, another);
    expect(await send(token, another)).toMatchObject({ status: 503, error: 'temporarily_unavailable' });
    another.provider.behave('up');
    await expect.poll(() => send(token, another)).toEqual({ status: 200 });
  });
});

function logoutSignedBy(key: Awaited<ReturnType<typeof createSigningKey>>): Promise<string> {
  return fixture.provider.token(
    { aud: CLIENT, jti: newId(), sid: newId(), events: { [EVENT]: {} } },
    { key },
  );
}
