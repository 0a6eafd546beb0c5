import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { parseKeySet } from '../keys/key-set.ts';
import { createTokenVerifier } from '../verify/token-verifier.ts';
import { trustIssuers } from '../verify/trusted-issuers.ts';
import { generateSigningKey, parseSigningKey, publicPartOf } from './signing-key.ts';
import { createTokenIssuer } from './token-issuer.ts';

describe('a signing key', () => {
  test('is named by its RFC 7638 thumbprint', async () => {
    const key = generateSigningKey();
    expect(key.kid).toBe(await calculateJwkThumbprint(publicPartOf(key)));
  });

  test('is read back as it was written, whatever kid it came with', async () => {
    const key = generateSigningKey();
    expect(parseSigningKey(JSON.stringify(key))).toEqual(key);
    expect(parseSigningKey(JSON.stringify({ ...key, kid: 'mine', alg: undefined }))).toEqual(key);
  });

  test('of another program is read too', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(privateKey);
    expect(parseSigningKey(JSON.stringify(jwk))).toMatchObject({ x: jwk.x, d: jwk.d });
  });

  const key = generateSigningKey();
  test.each([
    ['not-json', /is not JSON/],
    ['[]', /is not a JSON object/],
    ['{}', /is not a key for ES256/],
    [JSON.stringify({ ...key, crv: 'P-384' }), /is not a key for ES256/],
    [JSON.stringify(publicPartOf(key)), /has no "d"/],
    [JSON.stringify({ ...key, y: '' }), /has no "y"/],
    [JSON.stringify({ ...key, x: key.y }), /is not a key pair/],
    [JSON.stringify({ ...key, d: generateSigningKey().d }), /is not a key pair/],
  ])('that is malformed is rejected with the reason (%#)', (json, issue) => {
    expect(() => parseSigningKey(json)).toThrow(issue);
  });

  test('shows nothing of itself in an error', () => {
    const broken = JSON.stringify({ ...key, x: key.y });
    expect(() => parseSigningKey(broken)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(key.d) }),
    );
  });
});

describe('a token issuer', () => {
  const key = generateSigningKey();
  const issuer = createTokenIssuer({ issuer: 'urn:own', audience: 'us', key });

  test('signs tokens that its published keys verify', async () => {
    const own = { alias: 'own', issuer: 'urn:own', audiences: ['us'], keys: { jwks: issuer.jwks() } };
    const token = await issuer.sign({ sessionId: 's' }, { ttlSeconds: 60 });
    const verified = await createTokenVerifier({ issuers: trustIssuers([own]) }).verify(token);
    expect(verified.claims).toMatchObject({ sessionId: 's', iss: 'urn:own', aud: 'us' });
    expect(verified.expiresAt - verified.issuedAt).toBe(60);
  });

  test('publishes no private part', () => {
    expect(JSON.stringify(issuer.jwks())).not.toContain(key.d);
    expect(parseKeySet(JSON.stringify(issuer.jwks())).keys).toHaveLength(1);
  });
});
