import { readVariables, ticketConfigOf, ticketIssues, ticketVariables } from '@admit-one/config';
import { ANONYMOUS_ISSUER, createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import {
  createSigningKey,
  eventually,
  type IdentityProvider,
  startIdentityProvider,
} from '@admit-one/testkit';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { IssuedTicket } from '../issue/issue-ticket.ts';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';

const signingKey = generateSigningKey();
let staff: IdentityProvider;
let customers: IdentityProvider;
let fixture: Fixture;

function configOf(...issuers: readonly object[]) {
  const environment = {
    JWT_ISSUERS: JSON.stringify(issuers),
    PRINCIPAL_ATTRIBUTES: 'roles,tenant',
    ANONYMOUS_SESSIONS: 'true',
    ANONYMOUS_SIGNING_KEY: JSON.stringify(signingKey),
  };
  return ticketConfigOf(readVariables(Type.Object(ticketVariables), environment, ticketIssues));
}

beforeAll(async () => {
  [staff, customers] = await Promise.all([
    startIdentityProvider({ audience: 'intranet' }),
    startIdentityProvider(),
  ]);
  fixture = await startFixture({
    config: configOf(
      {
        alias: 'staff',
        issuer: staff.issuer,
        audience: 'intranet',
        jwks: staff.jwks,
        syntheticClaim: 'client_id:probe',
      },
      {
        alias: 'customers',
        issuer: customers.issuer,
        audience: ['shop', 'app'],
        audienceClaim: 'azp',
        jwks: customers.jwks,
        sessionClaims: ['login'],
        sessionPolicy: 'require',
        userClaim: 'email',
        attributes: [],
      },
    ),
  });
});

afterAll(async () => {
  await fixture.stop();
  await Promise.all([staff.close(), customers.close()]);
});

async function principalFor(token: string): Promise<unknown> {
  const response = await fixture.ask(token);
  expect(response.status).toBe(200);
  const { ticketId } = (await response.json()) as IssuedTicket;
  return eventually(
    () => {
      const event = fixture.events.find(({ subject }) => subject === ticketId);
      expect(event).toBeDefined();
      return event?.data.principal;
    },
    { what: 'the event of the issue' },
  );
}

async function rejectionFor(token: string) {
  const response = await fixture.ask(token);
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  return { status: response.status, code, detail, challenge: response.headers.get('www-authenticate') };
}

const shopper = { azp: 'shop', login: 'l-1', email: 'ann@example.com' };

describe('two issuers', () => {
  test('each have tickets for their users, by their own rules', async () => {
    expect(await principalFor(await staff.token({ roles: ['admin', 'ops'], tenant: 7 }))).toEqual({
      issuer: 'staff',
      session: 'test-session',
      sessionFrom: 'sessionId',
      user: 'test-user',
      tokenIssuedAt: expect.any(Number),
      tokenExpiresAt: expect.any(Number),
      kid: expect.any(String),
      attributes: { roles: '["admin","ops"]', tenant: '7' },
    });
    expect(await principalFor(await customers.token({ ...shopper, roles: ['admin'] }))).toEqual({
      issuer: 'customers',
      session: 'l-1',
      sessionFrom: 'login',
      user: 'ann@example.com',
      tokenIssuedAt: expect.any(Number),
      tokenExpiresAt: expect.any(Number),
      kid: expect.any(String),
      attributes: {},
    });
  });

  test('mark a probe by the claim of its own issuer alone', async () => {
    const probe = { client_id: 'probe' };
    expect(await principalFor(await staff.token(probe))).toMatchObject({ synthetic: true });
    const others = [await staff.token({ client_id: 'app' }), await customers.token({ ...shopper, ...probe })];
    for (const token of others) expect(await principalFor(token)).not.toHaveProperty('synthetic');
  });

  test('cannot speak for each other', async () => {
    const stranger = await createSigningKey('ES256');
    const forged = [
      await customers.token({ ...shopper, iss: staff.issuer, aud: 'intranet' }),
      await staff.token({ ...shopper, iss: customers.issuer }),
      await staff.token({}, { key: stranger }),
    ];
    for (const token of forged) {
      const { status, detail } = await rejectionFor(token);
      expect(status).toBe(401);
      expect(detail).toMatch(/^No key of the issuer fits/);
    }
    const [kid] = staff.jwks.keys.map((key) => key.kid);
    const { detail } = await rejectionFor(await staff.token({}, { key: stranger, header: { kid } }));
    expect(detail).toMatch(/^The signature of the token does not verify: /);
  });

  test('know one session and user of the same name as two', async () => {
    const [one, other] = await Promise.all([
      staff.token({ sessionId: 's', sub: 'u' }).then(principalFor),
      customers.token({ azp: 'app', login: 's', email: 'u' }).then(principalFor),
    ]);
    expect(one).toMatchObject({ issuer: 'staff', session: 's', user: 'u' });
    expect(other).toMatchObject({ issuer: 'customers', session: 's', user: 'u' });
  });

  test.each<[string, () => Promise<string>, string]>([
    [
      'for another audience of one',
      () => staff.token({ aud: 'shop', azp: 'intranet' }),
      'The token is for another audience (aud): ask its issuer for a token for this API, or add its audience to JWT_AUDIENCE (audience in JWT_ISSUERS).',
    ],
    [
      'for another audience of the other',
      () => customers.token({ ...shopper, aud: 'shop', azp: 'intranet' }),
      'The token is for another audience (azp): ask its issuer for a token for this API, or add its audience to JWT_AUDIENCE (audience in JWT_ISSUERS).',
    ],
    [
      'of a third issuer',
      () => staff.token({ iss: `${staff.issuer}/` }),
      'The issuer of the token (iss) is not accepted here: get a token from one that is, or name this one in JWT_ISSUER (issuer in JWT_ISSUERS), letter by letter.',
    ],
  ])('reject a token %s, and say what to change', async (_, token, detail) => {
    expect(await rejectionFor(await token())).toEqual({
      status: 401,
      code: 'INVALID_TOKEN',
      detail,
      challenge: `Bearer error="invalid_token", error_description="${detail}"`,
    });
  });

  test('say of a token without a session what its issuer wants', async () => {
    const { status, code, detail, challenge } = await rejectionFor(
      await customers.token({ azp: 'shop', sid: 's', 'evil"\\é': 1 }),
    );
    expect({ status, code }).toEqual({ status: 401, code: 'MISSING_SESSION' });
    expect(detail).toBe(
      'The token of issuer customers names no session, as it has the claims iss, aud, sub, sessionId, iat, exp, azp, sid, and none of login that can be used: add the claim that names it to JWT_SESSION_CLAIMS (sessionClaims in JWT_ISSUERS), or set SESSION_POLICY (sessionPolicy in JWT_ISSUERS) to derive, which makes the session from sub.',
    );
    expect(challenge).toBe(`Bearer error="invalid_token", error_description="${detail}"`);
    expect(await principalFor(await staff.token({ sessionId: undefined }))).toMatchObject({
      sessionFrom: 'derived',
    });
  });
});

test('an anonymous token names its session itself, whatever the settings', async () => {
  const { issuer, audience } = ANONYMOUS_ISSUER;
  const { sign } = createTokenIssuer({ issuer, audience, key: signingKey });
  const claims = { sub: 'ann', sid: 's', auth_time: 1 };
  expect(await rejectionFor(await sign(claims, { ttlSeconds: 60 }))).toMatchObject({
    status: 401,
    code: 'MISSING_SESSION',
    detail: expect.stringMatching(/none of sessionId that can be used: ask for a new anonymous session\.$/),
  });
});

test('an issuer whose keys are out of reach turns nobody away for good, and is told of once', async () => {
  const down = await startIdentityProvider();
  onTestFinished(() => down.close());
  const token = await down.token();
  down.behave('failing');
  const { issuer: downIssuer, audience } = down;
  const both = await startFixture({
    config: configOf(
      { alias: 'down', issuer: downIssuer, audience },
      { alias: 'staff', issuer: staff.issuer, audience: 'intranet', jwks: staff.jwks },
    ),
  });
  onTestFinished(() => both.stop());

  const response = await both.ask(token);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(await response.json()).toMatchObject({
    code: 'ISSUER_UNAVAILABLE',
    detail: expect.stringMatching(/^The keys of the token's issuer cannot be fetched: try again/),
  });
  expect((await both.ask(await staff.token())).status).toBe(200);
  await expect
    .poll(() => both.logs.named('dependency_down'))
    .toMatchObject([{ severity: 'ERROR', issuer: 'down' }]);
  expect(both.logs.named('issuance_rejected')).toMatchObject([
    { severity: 'CRITICAL', reason: 'issuer_unavailable' },
  ]);
});
