import { createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { createSigningKey, keySetOf } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { auditConfigOf, auditIssues, readAuditServiceVariables } from './audit-service.ts';
import { operatorIssuersOf } from './operators.ts';
import { ConfigError, type EnvironmentVariables } from './read-variables.ts';

const engines = { NATS_URL: 'nats://localhost', DATABASE_URL: 'postgres://localhost/audit' };
const key = generateSigningKey();
const keySet = createTokenIssuer({ issuer: 'i', audience: 'a', key }).jwks();
const BREAK_GLASS_JWKS = JSON.stringify(keySet);
const OPERATOR_ISSUER = 'https://login.example.com';
const jwksUrl = 'https://login.example.com/jwks.json';
const valid = { OPERATOR_ISSUER, OPERATOR_JWKS_URL: jwksUrl };
const proxy = { OPERATOR_PROXY_ADDRESSES: '127.0.0.1', OPERATOR_SCOPE_RULES: 'groups:sre=audit:read' };
const list = (...entries: object[]) => JSON.stringify(entries);

function read(environment: EnvironmentVariables) {
  return auditConfigOf(readAuditServiceVariables({ ...engines, ...environment }));
}

function issuesOf(environment: EnvironmentVariables): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

test('an issuer and its keys are enough', () => {
  expect(read(valid)).toEqual({
    operators: {
      issuers: [
        {
          alias: 'operator',
          issuer: OPERATOR_ISSUER,
          audiences: ['admit-one-audit'],
          audienceClaim: 'aud',
          algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
          clockToleranceSeconds: 5,
          keys: { jwksUrl },
        },
      ],
      maxTokenBytes: 16_384,
      scopeRules: [],
      tokenHeader: 'authorization',
      proxy: null,
      breakGlass: null,
    },
    signIn: null,
    requestsPerMinute: 600,
    failedTokensPerMinute: 3_000,
    pseudonyms: null,
    sealing: null,
    gapGraceMs: 10_000,
    gapCheckMs: 1_000,
    streamWindowMs: 3_600_000,
    retention: { days: 30, maxBytes: null },
    silentMs: 30_000,
    alerts: { alertmanagerUrls: [], webhookUrl: null, everyMs: 15_000, leaseMs: 6_000 },
  });
});

test('alerts are sent to every Alertmanager and to a webhook, whose URLs are never shown', () => {
  const { alerts } = read({
    ...valid,
    ALERTMANAGER_URL: 'http://am-0:9093, http://prom:hunter2@am-1:9093/alerts',
    ALERT_WEBHOOK_URL: 'https://hooks.example.com/T0/secret',
  });
  expect(alerts).toMatchObject({
    alertmanagerUrls: ['http://am-0:9093', 'http://prom:hunter2@am-1:9093/alerts'],
    webhookUrl: 'https://hooks.example.com/T0/secret',
  });
  expect(issuesOf({ ...valid, ALERTMANAGER_URL: 'am-0:9093', ALERT_WEBHOOK_URL: 'hunter2' })).toEqual([
    'ALERTMANAGER_URL: is not a list of http(s) URLs (the value is not shown)',
    'ALERT_WEBHOOK_URL: is not an http(s) URL (the value is not shown)',
  ]);
});

test('values are stored as pseudonyms where that is asked for', () => {
  const key = 'x'.repeat(32);
  const { pseudonyms } = read({ ...valid, AUDIT_PSEUDONYMIZE: 'address, user', AUDIT_PSEUDONYM_KEY: key });
  expect(pseudonyms).toEqual({ facts: ['address', 'user'], key });
});

test('keys may be inline', () => {
  const config = read({ OPERATOR_ISSUER, OPERATOR_JWKS: JSON.stringify(keySet) });
  expect(config.operators.issuers[0]?.keys).toEqual({ jwks: keySet });
});

test.each<[string, EnvironmentVariables, readonly RegExp[]]>([
  ['nothing', {}, [/^OPERATOR_ISSUER: is not set/]],
  ['no keys', { OPERATOR_ISSUER: 'urn:x' }, [/^OPERATOR_ISSUER: is not an http/]],
  ['keys twice', { ...valid, OPERATOR_JWKS: JSON.stringify(keySet) }, [/^OPERATOR_JWKS_URL: is set, and so/]],
  ['a file', { ...valid, OPERATOR_JWKS_URL: 'file:///etc/passwd' }, [/^OPERATOR_JWKS_URL: is not an http/]],
  [
    'a password',
    { ...valid, OPERATOR_JWKS_URL: 'https://u:hunter2@x' },
    [/^OPERATOR_JWKS_URL: is not(?!.*hunter2)/],
  ],
  ['no JSON', { OPERATOR_ISSUER, OPERATOR_JWKS: '{' }, [/^OPERATOR_JWKS: is not JSON/]],
  [
    'a private key',
    { OPERATOR_ISSUER, OPERATOR_JWKS: JSON.stringify({ keys: [key] }) },
    [/^OPERATOR_JWKS: has no usable key: keys\[0\] .* is a private/],
  ],
  [
    'a symmetric algorithm',
    { ...valid, OPERATOR_ALGORITHMS: 'ES256,HS256' },
    [/^OPERATOR_ALGORITHMS: "HS256"/],
  ],
  ['no algorithm', { ...valid, OPERATOR_ALGORITHMS: ',' }, [/^OPERATOR_ALGORITHMS: is an empty list/]],
  ['no audience', { ...valid, OPERATOR_AUDIENCE: ',' }, [/^OPERATOR_AUDIENCE: is not set\. List/]],
  ['no requests at all', { ...valid, AUDIT_REQUESTS_PER_MINUTE: '0' }, [/^AUDIT_REQUESTS_PER_MINUTE/]],
  [
    'pseudonyms without a key, of what has none',
    { ...valid, AUDIT_PSEUDONYMIZE: 'user,session' },
    [
      /^AUDIT_PSEUDONYMIZE: "session" is not one of address, agent, user\.$/,
      /^AUDIT_PSEUDONYM_KEY: has fewer than 32 characters/,
    ],
  ],
  [
    'a short key of pseudonyms',
    { ...valid, AUDIT_PSEUDONYMIZE: 'user', AUDIT_PSEUDONYM_KEY: 'hunter2' },
    [/^AUDIT_PSEUDONYM_KEY: has fewer than 32(?!.*hunter2)/],
  ],
  [
    'a client without its issuer',
    {
      OPERATOR_PROXY_ADDRESSES: '127.0.0.1',
      OPERATOR_SCOPE_RULES: 'user:a=audit:read',
      OPERATOR_CLIENT_ID: 'c',
    },
    [/^OPERATOR_CLIENT_ID: is set without an issuer/],
  ],
  [
    'parameters of the console itself',
    { ...valid, OPERATOR_SIGN_IN_PARAMETERS: 'state=1&redirect_uri=x' },
    [/has redirect_uri, which/, /has state, which/, /has no scope openid/],
  ],
  ['a grace period of zero', { ...valid, SEQUENCE_GAP_GRACE_SECONDS: '0' }, [/^SEQUENCE_GAP_GRACE_SECONDS/]],
  [
    'several issues at once',
    { OPERATOR_JWKS_URL: 'nowhere', OPERATOR_ALGORITHMS: 'none', SEQUENCE_GAP_GRACE_SECONDS: 'soon' },
    [
      /^SEQUENCE_GAP/,
      /^OPERATOR_ISSUER: is not set\. Set OPERATOR/,
      /^OPERATOR_ISSUER: is not set. OPERATOR_JWKS_URL needs/,
      /^OPERATOR_JWKS_URL/,
      /^OPERATOR_ALGORITHMS/,
    ],
  ],
])('reports %s', (_name, environment, expected) => {
  const issues = issuesOf(environment);
  expect(issues).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test('standalone, which has local operators, needs no others', () => {
  expect(auditIssues({})).toEqual([]);
});

describe('the settings of operators', () => {
  test('are a list of issuers with deissues', () => {
    const OPERATOR_ISSUERS = list(
      { issuer: 'https://one.example.com', alias: 'one' },
      { issuer: 'https://two.example.com', alias: 'two', audience: '*', jwks: keySet, algorithms: ['ES256'] },
    );
    const { issuers } = read({ OPERATOR_ISSUERS, OPERATOR_CLOCK_TOLERANCE_SECONDS: '30' }).operators;
    expect(issuers).toMatchObject([
      {
        alias: 'one',
        audiences: ['admit-one-audit'],
        clockToleranceSeconds: 30,
        keys: { discoveryUrl: 'https://one.example.com/.well-known/openid-configuration' },
      },
      { alias: 'two', audiences: null, algorithms: ['ES256'], keys: { jwks: keySet } },
    ]);
  });

  test('are rules and headers, whose names are case-insensitive', () => {
    const { operators } = read({
      ...proxy,
      OPERATOR_PROXY_ADDRESSES: '127.0.0.1, 10.0.0.0/8',
      OPERATOR_TOKEN_HEADER: 'Cf-Access-Jwt-Assertion',
      OPERATOR_PROXY_USER_HEADER: 'X-Forwarded-User',
    });
    expect(operators).toEqual({
      issuers: [],
      maxTokenBytes: 16_384,
      scopeRules: [{ claim: 'groups', value: 'sre', scope: 'audit:read' }],
      tokenHeader: 'cf-access-jwt-assertion',
      proxy: {
        addresses: ['127.0.0.1', '10.0.0.0/8'],
        userHeader: 'x-forwarded-user',
        groupsHeader: 'x-forwarded-groups',
      },
      breakGlass: null,
    });
  });

  test('may be keys of break-glass tokens only', () => {
    expect(read({ BREAK_GLASS_JWKS }).operators).toMatchObject({
      issuers: [],
      proxy: null,
      breakGlass: keySet,
    });
  });
});

const mixedSet = { keys: [{ kty: 'AKP', pub: 'AA' }, { kty: 'oct', k: 'AA' }, 5, ...keySet.keys] };
const mixedJson = `\ufeff${JSON.stringify(mixedSet)}`;

test.each<[string, EnvironmentVariables]>([
  ['OPERATOR_JWKS', { OPERATOR_ISSUER, OPERATOR_JWKS: mixedJson }],
  ['OPERATOR_ISSUERS', { OPERATOR_ISSUERS: list({ issuer: 'https://x', alias: 'x', jwks: mixedSet }) }],
  ['BREAK_GLASS_JWKS', { BREAK_GLASS_JWKS: mixedJson }],
])('a good key is used beside others that are ignored: %s', (_, environment) => {
  const issuers = operatorIssuersOf(read(environment).operators);
  expect(issuers).toMatchObject([{ keys: { jwks: mixedSet } }]);
});

describe('an issue in the settings of operators', () => {
  test.each<[string, EnvironmentVariables, string]>([
    [
      'nobody',
      {},
      'OPERATOR_ISSUER: is not set. Set OPERATOR_ISSUER, OPERATOR_ISSUERS, OPERATOR_PROXY_ADDRESSES or',
    ],
    [
      'an issuer and a list',
      { OPERATOR_ISSUER, OPERATOR_ISSUERS: list({ issuer: 'https://x', alias: 'x' }) },
      'OPERATOR_ISSUER: is set together with OPERATOR_ISSUERS',
    ],
    [
      'a list with a member of users',
      { OPERATOR_ISSUERS: list({ issuer: 'https://x', alias: 'x', userClaim: 'sub' }) },
      'OPERATOR_ISSUERS[0]: "userClaim" is not a member of an issuer',
    ],
    [
      'anonymous sessions',
      { OPERATOR_ISSUER: 'urn:admit-one:anonymous', OPERATOR_JWKS: BREAK_GLASS_JWKS },
      'OPERATOR_ISSUER: urn:admit-one:anonymous is reserved for anonymous sessions.',
    ],
    [
      'break-glass tokens by another name',
      { OPERATOR_ISSUERS: list({ issuer: 'urn:admit-one:break-glass', alias: 'x', jwks: keySet }) },
      'OPERATOR_ISSUERS[0].issuer: urn:admit-one:break-glass is reserved for break-glass tokens, which BREAK_GLASS_JWKS is for.',
    ],
    [
      'the alias of break-glass tokens',
      { OPERATOR_ISSUERS: list({ issuer: 'https://x', alias: 'break-glass' }) },
      'OPERATOR_ISSUERS[0].alias: break-glass is reserved for break-glass tokens',
    ],
    [
      'half a rule',
      { OPERATOR_ISSUER, OPERATOR_SCOPE_RULES: 'groups:sre' },
      'OPERATOR_SCOPE_RULES: "groups:sre" is not of the form claim:value=scope, such as groups:sre=audit:read.',
    ],
    [
      'a scope that there is not',
      { OPERATOR_ISSUER, OPERATOR_SCOPE_RULES: 'groups:sre=audit:read,groups:sre=admin' },
      'OPERATOR_SCOPE_RULES: "groups:sre=admin" grants an unknown scope; the scopes are: audit:read, audit:acknowledge, audit:forget, tickets:revoke, tickets:issue, connections:act.',
    ],
    [
      'a percent sign',
      { OPERATOR_ISSUER, OPERATOR_SCOPE_RULES: 'groups:100%=audit:read' },
      'OPERATOR_SCOPE_RULES: "groups:100%=audit:read" has a % that isn\'t one of %3A, %2C and %25.',
    ],
    [
      'no header',
      { OPERATOR_ISSUER, OPERATOR_TOKEN_HEADER: 'x-token: ' },
      'OPERATOR_TOKEN_HEADER: "x-token:" is not the name of an HTTP header.',
    ],
    [
      'a user where tokens are',
      { ...proxy, OPERATOR_PROXY_USER_HEADER: 'Authorization' },
      'OPERATOR_PROXY_USER_HEADER: the authorization header is for tokens.',
    ],
    [
      'a user where groups are',
      { ...proxy, OPERATOR_PROXY_USER_HEADER: 'X-Forwarded-Groups' },
      'OPERATOR_PROXY_GROUPS_HEADER: is the same header as OPERATOR_PROXY_USER_HEADER.',
    ],
    [
      'no address',
      { ...proxy, OPERATOR_PROXY_ADDRESSES: 'proxy.example.com' },
      'OPERATOR_PROXY_ADDRESSES: "proxy.example.com" is neither an address nor a network such as 10.0.0.0/8',
    ],
    [
      'the whole world',
      { ...proxy, OPERATOR_PROXY_ADDRESSES: '0.0.0.0/0' },
      'OPERATOR_PROXY_ADDRESSES: "0.0.0.0/0" is neither an address nor a network such as 10.0.0.0/8',
    ],
    [
      'a proxy for nothing',
      { ...proxy, OPERATOR_SCOPE_RULES: 'email:ann@example.com=audit:read' },
      'OPERATOR_PROXY_ADDRESSES: is set, but OPERATOR_SCOPE_RULES has no rule for user or groups. Add one,',
    ],
    ['glass that is no JSON', { BREAK_GLASS_JWKS: 'hunter2' }, 'BREAK_GLASS_JWKS: is not JSON.'],
    [
      'glass with a private key',
      { BREAK_GLASS_JWKS: JSON.stringify({ keys: [key] }) },
      'BREAK_GLASS_JWKS: has no usable key: keys[0] (kid ',
    ],
  ])('is %s', (_name, environment, issue) => {
    expect(issuesOf(environment)).toEqual([expect.stringContaining(issue)]);
    expect(issuesOf(environment)[0]).not.toContain('hunter2');
  });

  test('is glass with a key of another kind', async () => {
    expect(
      issuesOf({ BREAK_GLASS_JWKS: JSON.stringify(keySetOf([await createSigningKey('RS256')])) }),
    ).toEqual(['BREAK_GLASS_JWKS: has no key that npx @admit-one/cli token new-key makes (EC, P-256).']);
  });
});
