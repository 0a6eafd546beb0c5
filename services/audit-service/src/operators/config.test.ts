import { createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { ConfigError, type Environment } from '@admit-one/runtime';
import { createSigningKey, keySetOf } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { readAuditProcessVariables } from '../process-variables.ts';
import { operatorsConfigOf } from './config.ts';

const engines = { NATS_URL: 'nats://localhost', DATABASE_URL: 'postgres://localhost/trail' };
const key = generateSigningKey();
const jwks = createTokenIssuer({ issuer: 'i', audience: 'a', key }).jwks();
const BREAK_GLASS_JWKS = JSON.stringify(jwks);
const OPERATOR_ISSUER = 'https://login.example.com';
const proxy = { OPERATOR_PROXY_ADDRESSES: '127.0.0.1', OPERATOR_SCOPE_RULES: 'groups:sre=audit:read' };
const list = (...entries: object[]) => JSON.stringify(entries);

function read(environment: Environment) {
  return operatorsConfigOf(readAuditProcessVariables({ ...engines, ...environment }));
}

function faultsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

describe('the settings of operators', () => {
  test('are a list of issuers, which says little of each', () => {
    const OPERATOR_ISSUERS = list(
      { issuer: 'https://one.example.com', alias: 'one' },
      { issuer: 'https://two.example.com', alias: 'two', audience: '*', jwks, algorithms: ['ES256'] },
    );
    const { issuers } = read({ OPERATOR_ISSUERS, OPERATOR_CLOCK_TOLERANCE_SECONDS: '30' });
    expect(issuers).toMatchObject([
      {
        alias: 'one',
        audiences: ['admit-one-audit'],
        clockToleranceSeconds: 30,
        keys: { discoveryUrl: 'https://one.example.com/.well-known/openid-configuration' },
      },
      { alias: 'two', audiences: null, algorithms: ['ES256'], keys: { jwks } },
    ]);
  });

  test('are rules and headers, whose names have no case', () => {
    const config = read({
      ...proxy,
      OPERATOR_PROXY_ADDRESSES: '127.0.0.1, 10.0.0.0/8',
      OPERATOR_TOKEN_HEADER: 'Cf-Access-Jwt-Assertion',
      OPERATOR_PROXY_USER_HEADER: 'X-Forwarded-User',
    });
    expect(config).toEqual({
      issuers: [],
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

  test('may be nothing but keys for breaking the glass', () => {
    expect(read({ BREAK_GLASS_JWKS })).toMatchObject({ issuers: [], proxy: null, breakGlass: jwks });
  });
});

describe('a fault in the settings of operators', () => {
  test.each<[string, Environment, string]>([
    ['nobody', {}, 'OPERATOR_ISSUER: is not set, nor is OPERATOR_ISSUERS, OPERATOR_PROXY_ADDRESSES or'],
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
      { OPERATOR_ISSUERS: list({ issuer: 'urn:admit-one:break-glass', alias: 'x', jwks }) },
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
      'OPERATOR_SCOPE_RULES: "groups:sre=admin" grants an unknown scope; the scopes are: audit:read.',
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
      'OPERATOR_PROXY_ADDRESSES: is set, but no rule of OPERATOR_SCOPE_RULES is about user or groups. Add one,',
    ],
    ['glass that is no JSON', { BREAK_GLASS_JWKS: 'hunter2' }, 'BREAK_GLASS_JWKS: is not JSON.'],
    [
      'glass with a private key',
      { BREAK_GLASS_JWKS: JSON.stringify({ keys: [key] }) },
      'BREAK_GLASS_JWKS: keys[0] is a private',
    ],
  ])('is %s', (_name, environment, fault) => {
    expect(faultsOf(environment)).toEqual([expect.stringContaining(fault)]);
    expect(faultsOf(environment)[0]).not.toContain('hunter2');
  });

  test('is glass with a key of another kind', async () => {
    expect(
      faultsOf({ BREAK_GLASS_JWKS: JSON.stringify(keySetOf([await createSigningKey('RS256')])) }),
    ).toEqual(['BREAK_GLASS_JWKS: keys[0] is not a key as admit token new-key makes it (EC, P-256).']);
  });
});
