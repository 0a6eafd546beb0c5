import { createSigningKey, type SigningKey } from '@admit-one/testkit';
import fc from 'fast-check';
import { base64url } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { TokenError } from './token-error.ts';
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts';
import { trustIssuers } from './trusted-issuers.ts';

const ISSUER = 'urn:issuer';

let key: SigningKey;
let verifier: TokenVerifier;

beforeAll(async () => {
  key = await createSigningKey('ES256');
  const keys = { jwks: { keys: [key.publicJwk] } };
  verifier = createTokenVerifier({
    issuers: trustIssuers([{ alias: 'main', issuer: ISSUER, audiences: ['app'], keys }]),
  });
});

/** Bytes as they come in a header: a character each. */
const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array).toString('latin1'));
const encoded = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((text) => base64url.encode(text));

const names = fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', '__proto__');
const headers = fc.oneof(
  fc.json(),
  fc.dictionary(names, fc.jsonValue()).map((header) => JSON.stringify({ alg: 'ES256', ...header })),
);
const claimNames = fc.constantFrom('exp', 'iat', 'nbf', 'aud', 'azp', 'events', 'sub', '__proto__');
const claims = fc
  .dictionary(claimNames, fc.oneof(fc.jsonValue(), fc.constantFrom(1, 4e9, 'app')))
  .map((members) => ({ iss: ISSUER, ...members }));

async function expectVerdict(token: string): Promise<void> {
  try {
    await verifier.verify(token);
  } catch (error) {
    expect(error).toBeInstanceOf(TokenError);
    expect(error).toHaveProperty('reason', 'token_invalid');
  }
}

describe('a token verifier has a verdict', () => {
  test('on any bytes', async () => {
    await fc.assert(fc.asyncProperty(bytes, expectVerdict));
  });

  test('on any three parts', async () => {
    const parts = fc.tuple(encoded(bytes), encoded(bytes), encoded(bytes)).map((all) => all.join('.'));
    await fc.assert(fc.asyncProperty(parts, expectVerdict));
  });

  test('on any header and claims, with any signature', async () => {
    const payloads = fc.oneof(
      fc.json(),
      claims.map((members) => JSON.stringify(members)),
    );
    const parts = fc.tuple(encoded(headers), encoded(payloads), encoded(bytes)).map((all) => all.join('.'));
    await fc.assert(fc.asyncProperty(parts, expectVerdict), { numRuns: 500 });
  });

  test('on any claims that the issuer has signed', async () => {
    await fc.assert(
      fc.asyncProperty(claims, async (members) => expectVerdict(await key.sign(members))),
      { numRuns: 300 },
    );
  });
});
