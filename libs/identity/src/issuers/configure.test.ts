import { createSigningKey, keySetOf } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { generateSigningKey } from '../issue/signing-key.ts';
import { issuersOf, principalRuleOf, userIssuersOf } from './configure.ts';
import type { IssuerVariables } from './settings.ts';
import { validateIssuers } from './validate.ts';

const jwks = keySetOf([await createSigningKey('ES256')]);
const mixed = { keys: [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }, ...jwks.keys] };
const issuer = 'https://login.example';
const listed = { issuer, alias: 'main', audience: 'app' };

/** What the environment gives where nothing is set. */
const deissues: IssuerVariables = {
  JWT_AUDIENCE: [],
  JWT_AUDIENCE_CLAIM: 'aud',
  JWT_ISSUER_ALIAS: 'main',
  JWT_ALGORITHMS: ['ES256', 'RS256'],
  JWT_CLOCK_TOLERANCE_SECONDS: 5,
  JWT_SESSION_CLAIMS: ['sid'],
  SESSION_POLICY: 'derive',
  JWT_USER_CLAIM: 'sub',
  PRINCIPAL_ATTRIBUTES: [],
};

const config = {
  alias: 'main',
  issuer,
  audiences: ['app'],
  audienceClaim: 'aud',
  algorithms: ['ES256', 'RS256'],
  clockToleranceSeconds: 5,
  keys: { discoveryUrl: 'https://login.example/.well-known/openid-configuration' },
  principals: {
    sessionClaims: ['sid'],
    sessionPolicy: 'derive',
    userClaim: 'sub',
    attributeClaims: [],
    nestedClaims: false,
  },
  logout: { audiences: null, expRequired: true },
};

function listOf(...entries: readonly object[]): IssuerVariables {
  return { ...deissues, JWT_ISSUERS: JSON.stringify(entries) };
}

describe('a single issuer', () => {
  const single = { ...deissues, JWT_ISSUER: issuer, JWT_AUDIENCE: ['app'] };

  test.each<[string, IssuerVariables, object]>([
    ['with its keys by discovery', {}, {}],
    [
      'with its keys at a URL',
      { JWT_JWKS_URL: 'https://k.example' },
      { keys: { jwksUrl: 'https://k.example' } },
    ],
    ['with its keys themselves', { JWT_JWKS: JSON.stringify(jwks) }, { keys: { jwks } }],
    ['for any audience', { JWT_AUDIENCE: ['*'] }, { audiences: null }],
    ['that names the audience elsewhere', { JWT_AUDIENCE_CLAIM: 'azp' }, { audienceClaim: 'azp' }],
    [
      'with another audience of its logout tokens, which may lack their expiry',
      { JWT_LOGOUT_AUDIENCE: ['client'], JWT_LOGOUT_EXP_REQUIRED: false },
      { logout: { audiences: ['client'], expRequired: false } },
    ],
    ['with another clock tolerance', { JWT_CLOCK_TOLERANCE_SECONDS: 60 }, { clockToleranceSeconds: 60 }],
    ['with another alias', { JWT_ISSUER_ALIAS: 'corp' }, { alias: 'corp' }],
    [
      'with a claim of its probe',
      { JWT_SYNTHETIC_CLAIM: 'https://x/client:id:probe' },
      {
        principals: {
          ...config.principals,
          syntheticClaim: { claim: 'https://x/client:id', value: 'probe' },
        },
      },
    ],
    [
      'with other claims',
      {
        JWT_SESSION_CLAIMS: ['a', 'b'],
        SESSION_POLICY: 'require',
        JWT_USER_CLAIM: 'oid',
        PRINCIPAL_ATTRIBUTES: ['c'],
        JWT_NESTED_CLAIMS: true,
      },
      {
        principals: {
          sessionClaims: ['a', 'b'],
          sessionPolicy: 'require',
          userClaim: 'oid',
          attributeClaims: ['c'],
          nestedClaims: true,
        },
      },
    ],
  ])('%s', (_, variables, differs) => {
    expect(validateIssuers({ ...single, ...variables }, 'JWT')).toEqual([]);
    expect(userIssuersOf({ ...single, ...variables })).toEqual([{ ...config, ...differs }]);
  });

  test('is optional', () => {
    expect(validateIssuers(deissues, 'JWT')).toEqual([]);
    expect(userIssuersOf(deissues)).toEqual([]);
  });

  test('of operators has variables of their prefix, and no session', () => {
    const variables = { ...single, OPERATOR_ISSUER: 'https://o.example/', OPERATOR_AUDIENCE: ['audit'] };
    expect(validateIssuers(variables, 'OPERATOR')).toEqual([]);
    expect(issuersOf(variables, 'OPERATOR')).toEqual([
      {
        alias: 'operator',
        issuer: 'https://o.example/',
        audiences: ['audit'],
        audienceClaim: 'aud',
        algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
        clockToleranceSeconds: 5,
        keys: { discoveryUrl: 'https://o.example/.well-known/openid-configuration' },
      },
    ]);
  });
});

describe('a list of issuers', () => {
  test.each<[string, object, object]>([
    ['of one', {}, {}],
    ['with several audiences', { audience: ['a', 'b'] }, { audiences: ['a', 'b'] }],
    ['for any audience', { audience: '*' }, { audiences: null }],
    ['with a claim for the audience', { audienceClaim: 'client_id' }, { audienceClaim: 'client_id' }],
    ['with keys at a URL', { jwksUrl: 'http://k' }, { keys: { jwksUrl: 'http://k' } }],
    [
      'with a discovery document elsewhere',
      { discoveryUrl: 'http://d' },
      { keys: { discoveryUrl: 'http://d' } },
    ],
    ['with a key of an unknown type beside a good one', { jwks: mixed }, { keys: { jwks: mixed } }],
    ['that is no URL', { issuer: 'urn:corp', jwks }, { issuer: 'urn:corp', keys: { jwks } }],
    ['with algorithms', { algorithms: ['EdDSA'] }, { algorithms: ['EdDSA'] }],
    ['with a clock', { clockToleranceSeconds: 0 }, { clockToleranceSeconds: 0 }],
    [
      'with its sessions',
      { sessionClaims: [], userClaim: 'oid', attributes: ['a.b'] },
      { principals: { ...config.principals, sessionClaims: [], userClaim: 'oid', attributeClaims: ['a.b'] } },
    ],
    [
      'with a claim of its probe',
      { syntheticClaim: 'azp:probe' },
      { principals: { ...config.principals, syntheticClaim: { claim: 'azp', value: 'probe' } } },
    ],
    [
      'with its session policy',
      { sessionPolicy: 'require' },
      { principals: { ...config.principals, sessionPolicy: 'require' } },
    ],
  ])('%s', (_, entry, differs) => {
    const variables = listOf({ ...listed, ...entry });
    expect(validateIssuers(variables, 'JWT')).toEqual([]);
    expect(userIssuersOf(variables)).toEqual([{ ...config, ...differs }]);
  });

  test('leaves to the variables what its entries do not say', () => {
    const { audience: _, ...rest } = listed;
    const variables = {
      ...listOf(rest, { ...listed, issuer: 'https://two', alias: 'two' }),
      JWT_AUDIENCE: ['all'],
    };
    expect(validateIssuers(variables, 'JWT')).toEqual([]);
    expect(issuersOf(variables, 'JWT').map(({ audiences }) => audiences)).toEqual([['all'], ['app']]);
  });

  test('of operators is the same', () => {
    const variables = { OPERATOR_ISSUERS: JSON.stringify([listed]) };
    expect(validateIssuers(variables, 'OPERATOR')).toEqual([]);
    expect(issuersOf(variables, 'OPERATOR')).toMatchObject([{ alias: 'main', issuer, audiences: ['app'] }]);
  });

  test.each<[string, IssuerVariables, readonly string[]]>([
    ['no JSON', { JWT_ISSUERS: '[{' }, ['JWT_ISSUERS: is not a JSON array of objects.']],
    ['no array', { JWT_ISSUERS: JSON.stringify(listed) }, ['JWT_ISSUERS: is not a JSON array of objects.']],
    ['names alone', { JWT_ISSUERS: '["https://a"]' }, ['JWT_ISSUERS: is not a JSON array of objects.']],
    ['nothing in it', { JWT_ISSUERS: '[]' }, ['JWT_ISSUERS: is an empty list.']],
    [
      'an empty entry',
      listOf({}),
      ['JWT_ISSUERS[0].issuer: is not set.', 'JWT_ISSUERS[0].alias: is not set.'],
    ],
    [
      'a single issuer beside it',
      { ...listOf(listed), JWT_ISSUER: 'https://a', JWT_JWKS_URL: 'https://k' },
      [
        'JWT_ISSUER: is set together with JWT_ISSUERS. Move it into an entry.',
        'JWT_JWKS_URL: is set together with JWT_ISSUERS. Move it into an entry.',
      ],
    ],
    [
      'the same issuer and alias twice',
      listOf(listed, listed),
      [
        'JWT_ISSUERS[1].issuer: is the same as JWT_ISSUERS[0].issuer.',
        'JWT_ISSUERS[1].alias: is the same as JWT_ISSUERS[0].alias.',
      ],
    ],
    [
      'the issuer of anonymous sessions',
      listOf({ ...listed, issuer: 'urn:admit-one:anonymous', alias: 'anonymous', jwks }),
      [
        'JWT_ISSUERS[0].issuer: urn:admit-one:anonymous is reserved for anonymous sessions.',
        'JWT_ISSUERS[0].alias: anonymous is reserved for anonymous sessions.',
      ],
    ],
    [
      "the issuer of standalone's operators",
      listOf({ ...listed, issuer: 'urn:admit-one:operator', alias: 'local-operator', jwks }),
      [
        "JWT_ISSUERS[0].issuer: urn:admit-one:operator is reserved for standalone's operators.",
        "JWT_ISSUERS[0].alias: local-operator is reserved for standalone's operators.",
      ],
    ],
  ])('has an issue: %s', (_, variables, issues) => {
    expect(validateIssuers({ ...deissues, ...variables }, 'JWT')).toEqual(issues);
  });

  const privateJwks = { keys: [generateSigningKey()] };
  test.each<[object, string]>([
    [{ issuer: '' }, '.issuer: must be the exact iss of its tokens, a string without spaces.'],
    [{ issuer: ' https://a' }, '.issuer: must be the exact iss'],
    [
      { issuer: 'corp' },
      '.issuer: is not an http(s) URL, so its keys cannot be discovered. Set JWT_ISSUERS[0].jwksUrl or JWT_ISSUERS[0].jwks.',
    ],
    [{ alias: 'a b' }, '.alias: must be a short name of 1 to 32 letters, digits, _ and -.'],
    [{ alias: 'a'.repeat(33) }, '.alias: must be'],
    [
      { audience: undefined },
      '.audience: is not set. List the accepted audiences, or * to accept tokens for any.',
    ],
    [{ audience: [] }, '.audience: is not set.'],
    [{ audience: ['a', '*'] }, '.audience: * accepts any audience. Remove it or the others.'],
    [{ audience: null }, '.audience: must be a string or a list of strings.'],
    [{ audience: [1] }, '.audience: must be'],
    [{ audience: '' }, '.audience: must be'],
    [{ audienceClaim: 'sub' }, '.audienceClaim: must be one of aud, azp, client_id.'],
    [{ jwksUrl: 'file:///etc/keys' }, '.jwksUrl: is not an http(s) URL without user and password.'],
    [
      { discoveryUrl: 'https://u:hunter2@d' },
      '.discoveryUrl: is not an http(s) URL without user and password.',
    ],
    [{ jwksUrl: 'https://k', jwks }, '.jwksUrl: is set, and so is JWT_ISSUERS[0].jwks. Keep one.'],
    [{ discoveryUrl: 'https://d', jwks }, '.discoveryUrl: is set, and so is JWT_ISSUERS[0].jwks. Keep one.'],
    [{ jwks: '{"keys":[]}' }, '.jwks: must be a JWK set, an object with a list "keys".'],
    [{ jwks: {} }, '.jwks: has no array "keys" with a key in it.'],
    [
      { jwks: privateJwks },
      `.jwks: has no usable key: keys[0] (kid "${privateJwks.keys[0]?.kid}") is a private or symmetric key; only public ones belong here.`,
    ],
    [{ algorithms: [] }, '.algorithms: is an empty list.'],
    [{ algorithms: ['HS256'] }, '.algorithms: "HS256" is not one of ES256, '],
    [{ clockToleranceSeconds: 61 }, '.clockToleranceSeconds: must be a whole number from 0 to 60.'],
    [{ clockToleranceSeconds: '5' }, '.clockToleranceSeconds: must be'],
    [{ sessionClaims: 'sid' }, '.sessionClaims: must be a list of claims that may name the session.'],
    [
      { sessionClaims: ['sid', 'jti'] },
      '.sessionClaims: jti names a token, not a session: it changes on every refresh.',
    ],
    [
      { sessionClaims: [], sessionPolicy: 'require' },
      '.sessionClaims: is an empty list, but JWT_ISSUERS[0].sessionPolicy is require. Add a claim.',
    ],
    [{ sessionPolicy: 'guess' }, '.sessionPolicy: must be derive or require.'],
    [{ userClaim: 1 }, '.userClaim: must be the claim that names the user, a string.'],
    [
      { syntheticClaim: 'probe' },
      '.syntheticClaim: must be of the form claim:value, such as azp:admit-probe.',
    ],
    [{ nestedClaims: 'yes' }, '.nestedClaims: must be true or false.'],
    [{ attributes: { roles: true } }, '.attributes: must be a list of claims that are passed on.'],
    [{ audiences: ['a'] }, ': "audiences" is not a member of an issuer. Did you mean audience?'],
    [{ jwks_uri: 'https://k' }, ': "jwks_uri" is not a member of an issuer. Did you mean jwksUrl?'],
    [{ Algorithms: ['ES256'] }, ': "Algorithms" is not a member of an issuer. Did you mean algorithms?'],
    [{ client_secret: 'hunter2' }, ': "client_secret" is not a member of an issuer.'],
    [JSON.parse('{"__proto__":{"alias":"a"}}'), ': "__proto__" is not a member of an issuer.'],
  ])('has the one issue of %j', (entry, issue) => {
    const issues = validateIssuers(listOf({ ...listed, ...entry }), 'JWT');
    expect(issues).toEqual([expect.stringContaining(`JWT_ISSUERS[0]${issue}`)]);
    expect(issues.join()).not.toMatch(/hunter2/);
    expect(issues.join()).not.toContain(privateJwks.keys[0]?.d);
  });

  test('has no member for sessions where it is of operators', () => {
    const variables = { OPERATOR_ISSUERS: JSON.stringify([{ ...listed, sessionClaims: ['sid'] }]) };
    expect(validateIssuers(variables, 'OPERATOR')).toEqual([
      'OPERATOR_ISSUERS[0]: "sessionClaims" is not a member of an issuer.',
    ]);
  });

  test('reports an issue of a common variable once', () => {
    const two = { ...listed, issuer: 'https://two', alias: 'two' };
    const variables = { ...listOf(listed, two), JWT_ALGORITHMS: ['none'], JWT_SESSION_CLAIMS: ['jti'] };
    expect(validateIssuers(variables, 'JWT')).toEqual([
      expect.stringMatching(/^JWT_ALGORITHMS: "none" is not one of/),
      expect.stringMatching(/^JWT_SESSION_CLAIMS: jti names a token/),
    ]);
  });

  test('reports all issues of all entries', () => {
    const variables = listOf(
      { ...listed, audience: [], alias: '!' },
      { ...listed, jwksUrl: 'k', typ: 'JWT' },
    );
    expect(validateIssuers(variables, 'JWT').map((issue) => issue.split(':', 1)[0])).toEqual([
      'JWT_ISSUERS[0].alias',
      'JWT_ISSUERS[1]',
      'JWT_ISSUERS[0].audience',
      'JWT_ISSUERS[1].jwksUrl',
      'JWT_ISSUERS[1].issuer',
    ]);
  });
});

test('the principal rule of the variables applies to issuers without settings', () => {
  expect(principalRuleOf({ ...listOf(listed), PRINCIPAL_ATTRIBUTES: ['roles'] })).toEqual({
    ...config.principals,
    attributeClaims: ['roles'],
  });
});
