import { createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { ConfigError, type Environment, readVariables } from '@admit-one/runtime';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { auditConfigOf } from './config.ts';
import { auditIssues } from './config-faults.ts';
import { auditVariables } from './variables.ts';

const key = generateSigningKey();
const keySet = createTokenIssuer({ issuer: 'i', audience: 'a', key }).jwks();
const issuer = 'https://login.example.com';
const jwksUrl = 'https://login.example.com/jwks.json';
const sound = { OPERATOR_ISSUER: issuer, OPERATOR_JWKS_URL: jwksUrl };

function read(environment: Environment) {
  return readVariables(Type.Object(auditVariables), environment, (variables) =>
    auditIssues(variables, { operatorRequired: true }),
  );
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

test('an issuer and its keys are enough', () => {
  expect(auditConfigOf(read(sound))).toEqual({
    operators: {
      issuers: [
        {
          alias: 'operator',
          issuer,
          audiences: ['admit-one-audit'],
          audienceClaim: 'aud',
          algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
          clockToleranceSeconds: 5,
          keys: { jwksUrl },
        },
      ],
      scopeRules: [],
      tokenHeader: 'authorization',
      proxy: null,
      breakGlass: null,
    },
    gapGraceMs: 10_000,
    gapCheckMs: 1_000,
  });
});

test('keys may be given themselves', () => {
  const config = auditConfigOf(read({ OPERATOR_ISSUER: issuer, OPERATOR_JWKS: JSON.stringify(keySet) }));
  expect(config.operators.issuers[0]?.keys).toEqual({ jwks: keySet });
});

test.each<[string, Environment, readonly RegExp[]]>([
  ['nothing', {}, [/^OPERATOR_ISSUER: is not set/]],
  ['no keys', { OPERATOR_ISSUER: 'urn:x' }, [/^OPERATOR_ISSUER: is not an http/]],
  ['keys twice', { ...sound, OPERATOR_JWKS: JSON.stringify(keySet) }, [/^OPERATOR_JWKS_URL: is set, and so/]],
  ['a file', { ...sound, OPERATOR_JWKS_URL: 'file:///etc/passwd' }, [/^OPERATOR_JWKS_URL: is not an http/]],
  [
    'a password',
    { ...sound, OPERATOR_JWKS_URL: 'https://u:hunter2@x' },
    [/^OPERATOR_JWKS_URL: is not(?!.*hunter2)/],
  ],
  ['no JSON', { OPERATOR_ISSUER: issuer, OPERATOR_JWKS: '{' }, [/^OPERATOR_JWKS: is not JSON/]],
  [
    'a private key',
    { OPERATOR_ISSUER: issuer, OPERATOR_JWKS: JSON.stringify({ keys: [key] }) },
    [/^OPERATOR_JWKS: keys\[0\] is a private/],
  ],
  [
    'a symmetric algorithm',
    { ...sound, OPERATOR_ALGORITHMS: 'ES256,HS256' },
    [/^OPERATOR_ALGORITHMS: "HS256"/],
  ],
  ['no algorithm', { ...sound, OPERATOR_ALGORITHMS: ',' }, [/^OPERATOR_ALGORITHMS: is an empty list/]],
  ['no audience', { ...sound, OPERATOR_AUDIENCE: ',' }, [/^OPERATOR_AUDIENCE: is not set\. List/]],
  ['a grace of nothing', { ...sound, SEQUENCE_GAP_GRACE_SECONDS: '0' }, [/^SEQUENCE_GAP_GRACE_SECONDS/]],
  [
    'several things at once',
    { OPERATOR_JWKS_URL: 'nowhere', OPERATOR_ALGORITHMS: 'none', SEQUENCE_GAP_GRACE_SECONDS: 'soon' },
    [
      /^SEQUENCE_GAP/,
      /^OPERATOR_ISSUER: is not set, nor is/,
      /^OPERATOR_ISSUER: is not set. OPERATOR_JWKS_URL needs/,
      /^OPERATOR_JWKS_URL/,
      /^OPERATOR_ALGORITHMS/,
    ],
  ],
])('tells of %s', (_name, environment, expected) => {
  const faults = faultsOf(environment);
  expect(faults).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test('a process that brings its own operators needs none to be configured', () => {
  expect(auditIssues({}, { operatorRequired: false })).toEqual([]);
});
