import { auditConfigOf, readAuditServiceVariables } from '@admit-one/config';
import { ANONYMOUS_ISSUER, createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { eventually, type IdentityProvider, startIdentityProvider } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  type Fixture,
  type SentHeaders,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';

const PATH = '/api/v1/audit/sequences';
const engine = { NATS_URL: 'nats://localhost', DATABASE_URL: 'postgres://localhost/audit' };

let engines: Engines;
/** An issuer in addition to the one of the engines. */
let other: IdentityProvider;

beforeAll(async () => {
  [engines, other] = await Promise.all([startEngines(), startIdentityProvider({ audience: 'console' })]);
});
afterAll(async () => {
  await engines.close();
  await other.close();
});

/** An audit-service whose operators are those of the environment; by default, of the engines' issuer. */
async function start(environment: Readonly<Record<string, string>>): Promise<Fixture> {
  const { issuer, jwks } = engines.provider;
  const single =
    'OPERATOR_ISSUERS' in environment ? {} : { OPERATOR_ISSUER: issuer, OPERATOR_JWKS: JSON.stringify(jwks) };
  const { operators } = auditConfigOf(readAuditServiceVariables({ ...engine, ...single, ...environment }));
  return startFixture(engines, { operators });
}

/** The answer to a request with these headers: what to do about it, where it is rejected. */
async function answer(fixture: Fixture, headers: SentHeaders) {
  const { status, body } = await fixture.ask(PATH, headers);
  expect(status === 200 ? 'partitions' in body : typeof body.detail).toBe(status === 200 || 'string');
  return { status, code: body.code, detail: String(body.detail) };
}

describe('several issuers', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await start({
      OPERATOR_ISSUERS: JSON.stringify([
        { issuer: engines.provider.issuer, alias: 'staff' },
        { issuer: other.issuer, alias: 'console', audience: 'console', jwks: other.jwks },
      ]),
    });
    const authorization = `Bearer ${await engines.provider.token({ scope: 'audit:read' })}`;
    await eventually(
      async () => expect(await answer(fixture, { authorization })).toMatchObject({ status: 200 }),
      { what: 'the keys of the first' },
    );
  });
  afterAll(() => fixture.stop());

  test.each<[string, () => Promise<string>, number]>([
    ['of the first, by discovery', () => engines.provider.token({ scope: 'audit:read' }), 200],
    ['of the second, by its keys', () => other.token({ scope: 'audit:read' }), 200],
    [
      "of one for the other's audience",
      () => other.token({ scope: 'audit:read', aud: 'admit-one-audit' }),
      401,
    ],
    [
      "of one in the other's name",
      () => other.token({ scope: 'audit:read', iss: engines.provider.issuer }),
      401,
    ],
    ['of nobody', () => other.token({ scope: 'audit:read', iss: 'https://nobody.example.com' }), 401],
    ['without a subject', () => other.token({ scope: 'audit:read', sub: undefined }), 401],
    ['without a scope', () => other.token(), 403],
  ])('tokens %s', async (_name, token, status) => {
    expect(await answer(fixture, { authorization: `Bearer ${await token()}` })).toMatchObject({ status });
  });

  test('in its own header, where none is configured, a token is not looked for', async () => {
    const token = await other.token({ scope: 'audit:read' });
    expect(await answer(fixture, { 'x-goog-iap-jwt-assertion': token })).toMatchObject({ status: 401 });
  });
});

describe('rules', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await start({
      OPERATOR_SCOPE_RULES:
        'groups:sre=audit:read, https://example.com/roles:incident=audit:read, realm_access.roles:auditor=audit:read',
    });
  });
  afterAll(() => fixture.stop());

  test.each<[Record<string, unknown>, number]>([
    [{ groups: ['dev', 'sre'] }, 200],
    [{ groups: 'sre' }, 200],
    [{ 'https://example.com/roles': ['incident'] }, 200],
    [{ realm_access: { roles: ['auditor'] } }, 200],
    [{ scope: 'audit:read' }, 200],
    [{ groups: ['sre-trainee'] }, 403],
    [{ groups: 'dev sre' }, 403],
    [{ groups: [['sre']] }, 403],
    [{ groups: { sre: 1 } }, 403],
    [{ user: 'sre', group: 'sre' }, 403],
    [{ scope: 'sre groups:sre' }, 403],
  ])('%j', async (claims, status) => {
    const token = await engines.provider.token(claims);
    expect(await answer(fixture, { authorization: `Bearer ${token}` })).toMatchObject({ status });
  });

  test('that do not fit are named where the scope is missing, and the token is not', async () => {
    const token = await engines.provider.token({ groups: ['secret-group'] });
    const { code, detail } = await answer(fixture, { authorization: `Bearer ${token}` });
    expect(code).toBe('INSUFFICIENT_SCOPE');
    expect(detail).toMatch(
      /^The token lacks the scope audit:read: .*OPERATOR_SCOPE_RULES.*groups:sre=audit:read\.$/,
    );
    expect(detail).not.toContain('secret-group');
    expect(fixture.logs.named('request_denied').at(-1)).toMatchObject({
      subject: expect.any(String),
      detail,
    });
  });
});

describe('a token that a proxy has signed', () => {
  let fixture: Fixture;
  let good: string;
  beforeAll(async () => {
    fixture = await start({
      OPERATOR_TOKEN_HEADER: 'X-Goog-IAP-JWT-Assertion',
      OPERATOR_SCOPE_RULES: 'email:ann@example.com=audit:read',
    });
    good = await engines.provider.token({ email: 'ann@example.com' });
  });
  afterAll(() => fixture.stop());

  const header = 'x-goog-iap-jwt-assertion';

  test.each<[string, () => Promise<SentHeaders>, number, string]>([
    ['counts', async () => ({ [header]: good }), 200, ''],
    [
      'counts more than a bearer token',
      async () => ({ [header]: good, authorization: 'Bearer a.b.c' }),
      200,
      '',
    ],
    ['need not be there with a bearer token', async () => ({ authorization: `Bearer ${good}` }), 200, ''],
    [
      'is not good for everybody',
      async () => ({ [header]: await engines.provider.token({ email: 'eve@example.com' }) }),
      403,
      'lacks the scope',
    ],
    [
      'must be signed by its issuer',
      async () => ({
        [header]: await other.token({ email: 'ann@example.com', iss: engines.provider.issuer }),
      }),
      401,
      'No key of the issuer fits',
    ],
    ['is bare', async () => ({ [header]: `Bearer ${good}` }), 401, 'compact form'],
    ['is alone', async () => ({ [header]: [good, good] }), 401, `There are 2 headers ${header}`],
    [
      'is not covered for by a bearer token',
      async () => ({ [header]: 'forged', authorization: `Bearer ${good}` }),
      401,
      'compact form',
    ],
    ['is missed', async () => ({}), 401, `no token in the header ${header}, nor a bearer token`],
    ['is missed where it is empty', async () => ({ [header]: '' }), 401, `no token in the header ${header}`],
    [
      'is not a proxy saying so',
      async () => ({ 'x-goog-authenticated-user-email': 'accounts.google.com:ann@example.com' }),
      401,
      'no token',
    ],
  ])('%s', async (_name, headers, status, detail) => {
    const told = await answer(fixture, await headers());
    expect(told.status).toBe(status);
    expect(status === 200 ? '' : told.detail).toContain(detail);
  });
});

test('two bearer tokens are one too many', async () => {
  const fixture = await start({});
  onTestFinished(() => fixture.stop());
  const bearer = `Bearer ${await engines.provider.token({ scope: 'audit:read' })}`;
  expect(await answer(fixture, { authorization: [bearer, bearer] })).toMatchObject({
    status: 400,
    code: 'INVALID_REQUEST',
  });
});

test('tokens of anonymous sessions are nobody here, whatever they claim', async () => {
  const fixture = await start({ OPERATOR_SCOPE_RULES: 'sessionId:s=audit:read' });
  onTestFinished(() => fixture.stop());
  const key = generateSigningKey();
  const token = await createTokenIssuer({ ...ANONYMOUS_ISSUER, audience: 'admit-one-audit', key }).sign(
    { sub: 'anonymous', sessionId: 's', scope: 'audit:read' },
    { ttlSeconds: 60 },
  );
  expect(await answer(fixture, { authorization: `Bearer ${token}` })).toMatchObject({ status: 401 });
});
