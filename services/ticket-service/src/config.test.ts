import { generateSigningKey, publicPartOf } from '@admit-one/identity';
import { type ConfigError, type Environment, readVariables } from '@admit-one/runtime';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { ticketConfig } from './config.ts';
import { missingKeyIssues, ticketIssues } from './config-faults.ts';
import { ticketVariables } from './variables.ts';

const schema = Type.Object(ticketVariables);
const key = generateSigningKey();
const jwks = JSON.stringify({ keys: [publicPartOf(key)] });

function read(environment: Environment) {
  return ticketConfig(
    readVariables(schema, environment, (given) => [...ticketIssues(given), ...missingKeyIssues(given)]),
  );
}

function faultsOf(environment: Environment): readonly string[] {
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
  test('of one issuer, with the defaults for the rest', () => {
    expect(read(issuer)).toEqual({
      ticketTtlSeconds: 30,
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
          },
        },
      ],
      anonymous: null,
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

  test.each<[RegExp, Environment]>([
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
    [/^JWT_JWKS: keys\[0\] is a private/, { ...issuer, JWT_JWKS: JSON.stringify({ keys: [key] }) }],
    [/^JWT_ALGORITHMS: "HS256" is not one of/, { ...issuer, JWT_ALGORITHMS: 'HS256,ES256' }],
    [/^JWT_ALGORITHMS: is an empty list/, { ...issuer, JWT_ALGORITHMS: ',' }],
    [/^JWT_SESSION_CLAIMS: jti/, { ...issuer, JWT_SESSION_CLAIMS: 'sid,jti' }],
    [/^JWT_SESSION_CLAIMS: is an empty/, { ...issuer, JWT_SESSION_CLAIMS: ',', SESSION_POLICY: 'require' }],
    [/^SESSION_POLICY: /, { ...issuer, SESSION_POLICY: 'guess' }],
    [/^TICKET_TTL_SECONDS: /, { ...issuer, TICKET_TTL_SECONDS: '301' }],
    [/^ANONYMOUS_SIGNING_KEY: is not set/, { ...issuer, ANONYMOUS_SESSIONS: 'true' }],
    [/^ANONYMOUS_SIGNING_KEY: is not JSON/, { ...issuer, ANONYMOUS_SIGNING_KEY: 'secret' }],
  ])('has the one fault %s', (fault, environment) => {
    expect(faultsOf(environment)).toEqual([expect.stringMatching(fault)]);
  });

  test('tells all its faults at once, and shows no secret', () => {
    const secret = JSON.stringify({ ...key, x: key.y });
    const faults = faultsOf({
      TICKET_TTL_SECONDS: '0',
      JWT_ISSUER: 'i',
      JWT_ALGORITHMS: 'none',
      ANONYMOUS_SIGNING_KEY: secret,
    });
    expect(faults.map((fault) => fault.split(':', 1)[0]).sort()).toEqual([
      'ANONYMOUS_SIGNING_KEY',
      'JWT_ALGORITHMS',
      'JWT_AUDIENCE',
      'JWT_ISSUER',
      'TICKET_TTL_SECONDS',
    ]);
    expect(faults.join()).not.toContain(key.d);
  });
});
