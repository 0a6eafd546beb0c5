import { auditConfigOf, readAuditServiceVariables } from '@admit-one/config';
import {
  BREAK_GLASS,
  createTokenIssuer,
  generateSigningKey,
  operatorScopes,
  signBreakGlassToken,
} from '@admit-one/identity';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Engines, type Fixture, startEngines, startFixture } from '../audit-service.fixture.ts';

const PATH = '/api/v1/audit/session';
const engine = { NATS_URL: 'nats://localhost', DATABASE_URL: 'postgres://localhost/audit' };
const page = { html: '<!doctype html>', assets: {} };

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.close());

async function start(environment: Readonly<Record<string, string>> = {}): Promise<Fixture> {
  const { issuer, jwks } = engines.provider;
  const { operators, signIn } = auditConfigOf(
    readAuditServiceVariables({
      ...engine,
      OPERATOR_ISSUER: issuer,
      OPERATOR_JWKS: JSON.stringify(jwks),
      ...environment,
    }),
  );
  const fixture = await startFixture(engines, { operators, config: { signIn }, console: page });
  onTestFinished(() => fixture.stop());
  return fixture;
}

describe('who asks', () => {
  test('is nobody without credentials, and no error', async () => {
    const { ask } = await start();
    expect(await ask(PATH, {})).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { operator: null, signIn: null, breakGlass: false, proxy: false },
    });
  });

  test('is told with scopes and until when, also without the scope to read', async () => {
    const { get } = await start();
    const exp = Math.floor(Date.now() / 1000) + 600;
    const { body } = await get(PATH, await engines.provider.token({ sub: 'ann', exp }));
    expect(body.operator).toEqual({
      subject: 'ann',
      scopes: [],
      from: 'token',
      expiresAt: new Date(exp * 1000).toISOString(),
    });
    const scope = Object.keys(operatorScopes).join(' ');
    const all = await get(PATH, await engines.provider.token({ scope }));
    expect(all.body.operator).toMatchObject({ scopes: Object.keys(operatorScopes) });
  });

  test('is rejected with a token that is not accepted', async () => {
    const { get } = await start();
    const token = await engines.provider.token({ aud: 'someone-else' });
    expect(await get(PATH, token)).toMatchObject({ status: 401, body: { code: 'INVALID_TOKEN' } });
  });

  test('is whom a trusted proxy names', async () => {
    const { ask } = await start({
      OPERATOR_PROXY_ADDRESSES: '127.0.0.1',
      OPERATOR_SCOPE_RULES: 'groups:sre=audit:read',
    });
    const headers = { 'x-forwarded-email': 'ann@example.com', 'x-forwarded-groups': 'sre' };
    expect((await ask(PATH, headers)).body).toMatchObject({
      operator: { subject: 'ann@example.com', scopes: ['audit:read'], from: 'proxy', expiresAt: null },
      proxy: true,
    });
    // The proxy lets through who is not signed in.
    expect((await ask(PATH, {})).body).toMatchObject({ operator: null, proxy: true });
  });

  test('with a break-glass token leaves the trace of its first use', async () => {
    const key = generateSigningKey();
    const { issuer, audience } = BREAK_GLASS;
    const { get, logs } = await start({
      BREAK_GLASS_JWKS: JSON.stringify(createTokenIssuer({ issuer, audience, key }).jwks()),
    });
    const token = await signBreakGlassToken(key, { subject: 'ann', reason: 'incident 42', ttlSeconds: 60 });
    expect((await get(PATH, token)).body).toMatchObject({
      operator: { subject: 'ann', from: 'break_glass' },
      breakGlass: true,
    });
    expect(logs.named('break_glass_used')).toHaveLength(1);
  });
});

describe('the way to sign in', () => {
  const endpoints = {
    authorization_endpoint: 'https://id.example.com/auth',
    token_endpoint: 'https://tokens.example.com/token',
    end_session_endpoint: 'https://id.example.com/logout',
  };

  async function policyOf(fixture: Fixture): Promise<string | null> {
    return (await fixture.fetch('/console')).headers.get('content-security-policy');
  }

  test.each<[string, Record<string, string>, object]>([
    ['by default', {}, { parameters: { scope: 'openid' }, token: 'access_token' }],
    [
      'with parameters',
      { OPERATOR_SIGN_IN_PARAMETERS: 'scope=openid audit:read&audience=urn:api' },
      { parameters: { scope: 'openid audit:read', audience: 'urn:api' } },
    ],
    ['where ID tokens are accepted', { OPERATOR_AUDIENCE: 'console' }, { token: 'id_token' }],
    [
      'where the client is in another claim',
      { OPERATOR_AUDIENCE: 'console', OPERATOR_AUDIENCE_CLAIM: 'azp' },
      { token: 'access_token' },
    ],
  ])('is told %s', async (_name, environment, expected) => {
    engines.provider.announce(endpoints);
    const { ask } = await start({ OPERATOR_CLIENT_ID: 'console', ...environment });
    const { issuer } = engines.provider;
    expect((await ask(PATH, {})).body.signIn).toMatchObject({
      ...{ issuer, clientId: 'console', server: { issuer, ...endpoints } },
      ...expected,
    });
  });

  test('is where the page may get tokens from', async () => {
    engines.provider.announce(endpoints);
    const fixture = await start({ OPERATOR_CLIENT_ID: 'console' });
    expect(await policyOf(fixture)).toContain("connect-src 'self' https://tokens.example.com;");
  });

  test.each<[string, Record<string, unknown>]>([
    ['has no endpoints', { authorization_endpoint: undefined }],
    ['has an endpoint that anyone can change', { token_endpoint: 'http://id.example.com/token' }],
    ['has an endpoint with a password', { authorization_endpoint: 'https://a:b@id.example.com' }],
    ['has no URL', { token_endpoint: "x'; script-src *" }],
    ['is of another issuer', { issuer: 'https://other.example.com' }],
  ])('is missing while the discovery document %s', async (_name, members) => {
    engines.provider.announce({ ...endpoints, ...members });
    const fixture = await start({ OPERATOR_CLIENT_ID: 'console' });
    expect((await fixture.ask(PATH, {})).body.signIn).toMatchObject({ clientId: 'console', server: null });
    expect(await policyOf(fixture)).toContain("connect-src 'self';");
  });
});
