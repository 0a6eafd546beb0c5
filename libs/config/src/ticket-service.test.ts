import { generateSigningKey, publicPartOf } from '@admit-one/identity';
import { describe, expect, test } from 'vitest';
import type { ConfigError, EnvironmentVariables } from './read-variables.ts';
import { standaloneIssues } from './standalone.ts';
import { readTicketServiceVariables, ticketConfigOf } from './ticket-service.ts';

const engines = { NATS_URL: 'nats://localhost', REDIS_URL: 'redis://localhost' };
const key = generateSigningKey();
const jwks = JSON.stringify({ keys: [publicPartOf(key)] });

function read(environment: EnvironmentVariables) {
  return ticketConfigOf(readTicketServiceVariables({ ...engines, ...environment }));
}

function issuesOf(environment: EnvironmentVariables): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    return (error as ConfigError).issues;
  }
}

const issuer = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'app', JWT_JWKS: jwks };
const anonymous = { ANONYMOUS_SESSIONS: 'true', ANONYMOUS_SIGNING_KEY: JSON.stringify(key) };

describe('the configuration', () => {
  test('of one issuer, with the deissues for the rest', () => {
    expect(read(issuer)).toEqual({
      policy: {
        ttlSeconds: 30,
        ttlRules: [],
        bindsOrigin: false,
        bindsAddress: false,
        requirements: new Map(),
      },
      limits: { ticketsPerSession: 100, ticketsPerUser: 300, failedTokens: 3_000, anonymousSessions: 3_000 },
      issuers: [
        {
          alias: 'main',
          issuer: 'https://issuer.example',
          audiences: ['app'],
          audienceClaim: 'aud',
          algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
          clockToleranceSeconds: 5,
          keys: { jwks: JSON.parse(jwks) },
          principals: {
            sessionClaims: ['sessionId', 'session_id', 'sid', 'origin_jti'],
            sessionPolicy: 'derive',
            userClaim: 'sub',
            attributeClaims: [],
            nestedClaims: false,
          },
          logout: { audiences: null, expRequired: true },
        },
      ],
      maxTokenBytes: 16_384,
      operators: {
        issuers: [],
        maxTokenBytes: 16_384,
        scopeRules: [],
        tokenHeader: 'authorization',
        proxy: null,
        breakGlass: null,
      },
      revocationRetentionMs: 86_400_000,
      closesOnReplay: false,
      anonymous: null,
      jwtPathway: null,
      verify: {
        requireOrigin: false,
        carriers: ['subprotocol', 'query'],
        routes: [
          { prefix: '/api/ws', route: null },
          { prefix: '/ws', route: null },
        ],
      },
    });
  });

  test.each([
    ['JWT_JWKS', (set: string) => ({ ...issuer, JWT_JWKS: set })],
    [
      'JWT_ISSUERS',
      (set: string) => ({
        JWT_ISSUERS: `[{"issuer":"https://a","alias":"a","audience":"app","jwks":${set.trim()}}]`,
      }),
    ],
  ])('of a good key beside others that are ignored, and a byte order mark: %s', (_, environmentOf) => {
    const keys = [{ kty: 'AKP', pub: 'AA' }, { kty: 'oct', k: 'AA' }, null, publicPartOf(key)];
    const environment = environmentOf(`\ufeff${JSON.stringify({ keys })}\n`);
    expect(read(environment).issuers).toMatchObject([{ keys: { jwks: { keys } } }]);
    const useless = environmentOf(JSON.stringify({ keys: keys.slice(0, 3) }));
    expect(issuesOf(useless)).toEqual([expect.stringMatching(/has no usable key: keys\[0\]/)]);
  });

  test.each(['proxy:3128', 'socks5://u:hunter2@proxy', 'hunter2'])(
    'has an issue with the proxy %s',
    (proxy) => {
      const issues = issuesOf({ ...issuer, HTTPS_PROXY: proxy, HTTP_PROXY: 'http://u:p@proxy:3128' });
      expect(issues).toEqual(['HTTPS_PROXY: is not an http(s) URL (the value is not shown)']);
    },
  );

  test.each(['1023', '28673', 'many'])('has an issue with tokens of %s bytes', (JWT_MAX_TOKEN_BYTES) => {
    expect(issuesOf({ ...issuer, JWT_MAX_TOKEN_BYTES })).toEqual([
      expect.stringMatching(/^JWT_MAX_TOKEN_BYTES: must/),
    ]);
  });

  test('of keys at a URL, any audience and other claims', () => {
    const { issuers } = read({
      JWT_ISSUER: 'i',
      JWT_AUDIENCE: '*',
      JWT_JWKS_URL: 'http://keys.internal/jwks',
      JWT_ALGORITHMS: 'RS512, EdDSA',
      JWT_SESSION_CLAIMS: 'https://example.com/sid',
      SESSION_POLICY: 'require',
      JWT_USER_CLAIM: 'email',
    });
    expect(issuers).toMatchObject([
      {
        audiences: null,
        algorithms: ['RS512', 'EdDSA'],
        keys: { jwksUrl: 'http://keys.internal/jwks' },
        principals: {
          sessionClaims: ['https://example.com/sid'],
          sessionPolicy: 'require',
          userClaim: 'email',
        },
      },
    ]);
  });

  test('of anonymous sessions alone', () => {
    expect(read(anonymous)).toMatchObject({ issuers: [], anonymous: { key, tokenSeconds: 3_600 } });
  });

  test.each<[RegExp, EnvironmentVariables]>([
    [/^JWT_ISSUER: is not set.*nobody/, {}],
    [/^JWT_ISSUER: is not set. JWT_JWKS needs/, { ...anonymous, JWT_JWKS: jwks }],
    [
      /^JWT_ISSUER: urn:admit-one:anonymous is reserved/,
      { ...issuer, JWT_ISSUER: 'urn:admit-one:anonymous' },
    ],
    [/^JWT_ISSUER_ALIAS: anonymous is reserved/, { ...issuer, JWT_ISSUER_ALIAS: 'anonymous' }],
    [/^JWT_AUDIENCE: is not set/, { ...issuer, JWT_AUDIENCE: '' }],
    [/^JWT_AUDIENCE: \* accepts any/, { ...issuer, JWT_AUDIENCE: 'app,*' }],
    [/^JWT_ISSUER: is not an http/, { ...issuer, JWT_ISSUER: 'urn:x', JWT_JWKS: undefined }],
    [/^JWT_JWKS_URL: is set, and so is/, { ...issuer, JWT_JWKS_URL: 'https://k.example' }],
    [/^JWT_JWKS_URL: is not an http/, { ...issuer, JWT_JWKS: undefined, JWT_JWKS_URL: 'file:///keys' }],
    [
      /^JWT_JWKS_URL: is not an http/,
      { ...issuer, JWT_JWKS: undefined, JWT_JWKS_URL: 'https://a:b@k.example' },
    ],
    [/^JWT_JWKS: is not JSON/, { ...issuer, JWT_JWKS: '{' }],
    [
      /^JWT_JWKS: has no usable key: keys\[0\] .* is a private/,
      { ...issuer, JWT_JWKS: JSON.stringify({ keys: [key] }) },
    ],
    [/^JWT_ALGORITHMS: "HS256" is not one of/, { ...issuer, JWT_ALGORITHMS: 'HS256,ES256' }],
    [/^JWT_ALGORITHMS: is an empty list/, { ...issuer, JWT_ALGORITHMS: ',' }],
    [/^JWT_SESSION_CLAIMS: jti/, { ...issuer, JWT_SESSION_CLAIMS: 'sid,jti' }],
    [/^JWT_SESSION_CLAIMS: is an empty/, { ...issuer, JWT_SESSION_CLAIMS: ',', SESSION_POLICY: 'require' }],
    [/^SESSION_POLICY: /, { ...issuer, SESSION_POLICY: 'guess' }],
    [/^TICKET_TTL_SECONDS: /, { ...issuer, TICKET_TTL_SECONDS: '301' }],
    [/^ANONYMOUS_SIGNING_KEY: is not set/, { ...issuer, ANONYMOUS_SESSIONS: 'true' }],
    [/^ANONYMOUS_SIGNING_KEY: is not JSON/, { ...issuer, ANONYMOUS_SIGNING_KEY: 'secret' }],
  ])('has the one issue %s', (issue, environment) => {
    expect(issuesOf(environment)).toEqual([expect.stringMatching(issue)]);
  });

  test('reports all issues at once, and shows no secret', () => {
    const secret = JSON.stringify({ ...key, x: key.y });
    const issues = issuesOf({
      TICKET_TTL_SECONDS: '0',
      JWT_ISSUER: 'i',
      JWT_ALGORITHMS: 'none',
      ANONYMOUS_SIGNING_KEY: secret,
    });
    expect(issues.map((issue) => issue.split(':', 1)[0]).sort()).toEqual([
      'ANONYMOUS_SIGNING_KEY',
      'JWT_ALGORITHMS',
      'JWT_AUDIENCE',
      'JWT_ISSUER',
      'TICKET_TTL_SECONDS',
    ]);
    expect(issues.join()).not.toContain(key.d);
  });
});

test('an issuer of users is not needed where a backend requests tickets', () => {
  expect(issuesOf({ OPERATOR_ISSUER: 'https://issuer.example', OPERATOR_JWKS: jwks })).toEqual([]);
});

describe('the policy of tickets', () => {
  test('is read from lists', () => {
    const { policy } = read({
      ...issuer,
      TICKET_TTL_RULES: 'kiosk=120,https://example.com/amr:otp=60',
      TICKET_BINDING: 'origin',
      ROUTE_REQUIRES: 'admin=scope:chat.admin,admin=roles:admin',
    });
    expect(policy).toEqual({
      ttlSeconds: 30,
      ttlRules: [
        { route: 'kiosk', seconds: 120 },
        { has: { claim: 'https://example.com/amr', value: 'otp' }, seconds: 60 },
      ],
      bindsOrigin: true,
      bindsAddress: false,
      requirements: new Map([
        [
          'admin',
          [
            { claim: 'scope', value: 'chat.admin' },
            { claim: 'roles', value: 'admin' },
          ],
        ],
      ]),
    });
  });

  test.each([
    ['TICKET_TTL_RULES', 'kiosk=4'],
    ['TICKET_TTL_RULES', 'kiosk=301'],
    ['TICKET_TTL_RULES', 'Kiosk=60'],
    ['TICKET_TTL_RULES', 'kiosk'],
    ['TICKET_BINDING', 'adress'],
    ['ROUTE_REQUIRES', 'admin=roles'],
    ['ROUTE_REQUIRES', 'Admin=roles:admin'],
  ])('has an issue with %s=%s', (name, value) => {
    expect(issuesOf({ ...issuer, [name]: value })).toEqual([expect.stringMatching(`^${name}: "${value}"`)]);
  });

  test.each([
    ['TICKET_TTL_RULES', 'caht=60'],
    ['ROUTE_REQUIRES', 'caht=scope:chat'],
  ])('has an issue with %s=%s where standalone knows no such route', (name, value) => {
    expect(standaloneIssues({ ROUTES: ['chat=echo'], [name]: [value] })).toContain(
      `${name}: "${value}": ROUTES has no route caht`,
    );
  });
});
