import { generateKeyPairSync } from 'node:crypto';
import { createSigningKey } from '@admit-one/testkit';
import type { JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { KeyError, parseJsonObject, parseKeySet, sortKeys } from './key-set.ts';

const { publicJwk: good } = await createSigningKey('ES256');
const { publicJwk: rsa } = await createSigningKey('RS256');
const { publicJwk: ed } = await createSigningKey('Ed25519');
const { publicKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
const { privateKey: secret } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secretJwk = secret.export({ format: 'jwk' });
const other = (curve: string) =>
  generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' });

const useless: readonly (readonly [what: string, key: unknown, issue: RegExp])[] = [
  ['null', null, /^keys\[1\] is not an object$/],
  ['a string', 'key', /is not an object/],
  ['a list', [good], /is not an object/],
  ['nothing in it', {}, /kty undefined/],
  [
    'an unknown type',
    { kty: 'AKP', alg: 'ML-DSA-44', kid: 'pq', pub: 'AA' },
    /^keys\[1\] \(kid "pq"\).*kty "AKP"/,
  ],
  ['an unknown curve', { kty: 'EC', crv: 'P-999', x: 'AA', y: 'AA' }, /crv "P-999"/],
  ['the curve of a wallet', other('secp256k1'), /crv "secp256k1"/],
  ['Ed448', { ...generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' }) }, /crv "Ed448"/],
  ['X25519', { ...generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }) }, /crv "X25519"/],
  ['a curve of another type', { ...ed, kty: 'EC' }, /of a type/],
  ['no point', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, /not a public key/],
  ['a member that is missing', { ...good, y: undefined }, /not a public key/],
  ['a member that is a number', { ...rsa, n: 5 }, /not a public key/],
  ['for encryption', { ...good, use: 'enc' }, /use "enc"/],
  ['an unknown use', { ...good, use: 'tls' }, /use "tls"/],
  ['a use that is a list', { ...good, use: ['sig'] }, /use \["sig"\]/],
  ['for wrapping', { ...good, key_ops: ['wrapKey'] }, /key_ops \["wrapKey"\]/],
  ['key_ops that is a string', { ...good, key_ops: 'verify' }, /key_ops "verify"/],
  ['an unknown algorithm', { ...good, alg: 'ES999' }, /alg "ES999"/],
  ['an algorithm of encryption', { ...rsa, alg: 'RSA-OAEP' }, /alg "RSA-OAEP"/],
  ['an algorithm of another type', { ...good, alg: 'RS256' }, /alg "RS256"/],
  ['an algorithm that is a number', { ...good, alg: 5 }, /alg 5/],
  [
    'symmetric',
    { kty: 'oct', kid: 'shared', k: 'c2VjcmV0' },
    /^keys\[1\] \(kid "shared"\) is a private or symm/,
  ],
  ['private', secretJwk, /is a private or symmetric key/],
  ['private and of an unknown type', { kty: 'AKP', priv: 'c2VjcmV0' }, /is a private or symmetric key/],
  ['weak', weak.export({ format: 'jwk' }), /RSA key of 1024 bits/],
  [
    'a kid that writes on the screen',
    { kty: 'X', kid: `a\u001b[2J${'b'.repeat(500)}` },
    /kid "a\\u001b\[2Jb+… \(/,
  ],
];

describe('a key of a set', () => {
  test.each(useless)('is ignored, beside a good one: %s', (_, key, issue) => {
    const { usable, ignored } = sortKeys({ keys: [good, key as JWK] });
    expect(usable.keys).toEqual([good]);
    expect(ignored).toEqual([expect.stringMatching(issue)]);
    expect(ignored.join()).not.toMatch(/c2VjcmV0/);
    expect(ignored.join()).not.toContain(secretJwk.d);
    expect(() => parseKeySet(JSON.stringify({ keys: [good, key] }))).not.toThrow();
  });

  test.each(useless)('is an error where no other is good: %s', (_, key) => {
    expect(() => parseKeySet(JSON.stringify({ keys: [key] }))).toThrow(KeyError);
    expect(() => parseKeySet(JSON.stringify({ keys: [key] }))).toThrow(/^has no usable key: keys\[0\]/);
  });

  test.each<[string, object]>([
    ['with members that do not matter', { ...good, x5c: ['?'], ext: 'yes', nbf: 1, __proto__: null }],
    ['with null for what it lacks', { ...good, use: null, key_ops: null, alg: null }],
    ['for verifying and more', { ...good, key_ops: ['verify', 'encrypt', 'verify'] }],
    ['of RSA', rsa],
    ['of Edwards', ed],
    ['of P-384', other('P-384')],
    ['of P-521', other('P-521')],
  ])('is usable: %s', (_, key) => {
    expect(sortKeys({ keys: [key as JWK] })).toEqual({ usable: { keys: [key] }, ignored: [] });
  });
});

test.each([
  ['x', /^is not JSON$/],
  ['null', /^is not a JSON object$/],
  ['{}', /no array "keys"/],
  ['{"keys":[]}', /no array "keys"/],
  ['{"keys":{}}', /no array "keys"/],
])('%s is no JWK set', (json, issue) => {
  expect(() => parseKeySet(json)).toThrow(issue);
});

test('an error about many keys is short', () => {
  const keys = Array.from({ length: 50 }, () => ({ kty: 'oct' }));
  expect(() => parseKeySet(JSON.stringify({ keys }))).toThrow(/keys\[2\] .* and 47 more$/);
});

test.each(['\ufeff{"a":1}', '\ufeff\n {"a":1}\r\n', '\t{"a":1}\ufeff'])(
  'JSON may be surrounded: %j',
  (json) => {
    expect(parseJsonObject(json)).toEqual({ a: 1 });
  },
);

test.each(['', '\ufeff', '[]', 'null', '{"a":\ufeff1}', '5'])('is no JSON object: %j', (json) => {
  expect(() => parseJsonObject(json)).toThrow(KeyError);
});
