import { expect, test } from 'vitest';
import { generateSealSigningKey, parseSealSigningKey } from './sign.ts';

test('a private key is read from its JWK', () => {
  const key = generateSealSigningKey();
  expect(parseSealSigningKey(JSON.stringify({ ...key, kid: 'mine' }))).toEqual(key);
});

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  ['a key for ES256', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' })],
  ['a public key', JSON.stringify({ ...generateSealSigningKey(), d: undefined })],
  ['X25519', JSON.stringify({ ...generateSealSigningKey(), crv: 'X25519' })],
])('%s is rejected', (_what, json) => {
  expect(() => parseSealSigningKey(json)).toThrow(/^is no private key for Ed25519/);
});
