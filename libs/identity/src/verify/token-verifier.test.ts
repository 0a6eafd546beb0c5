import {
  type Claims,
  createSigningKey,
  type IdentityProvider,
  keySetOf,
  type SigningKey,
  startIdentityProvider,
} from '@admit-one/testkit';
import { base64url, CompactSign, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { IssuerConfig } from '../issuers/types.ts';
import type { TokenCheck, TokenError } from './token-error.ts';
import { DEFAULT_MAX_TOKEN_BYTES } from './token-form.ts';
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts';
import { trustIssuers } from './trusted-issuers.ts';

let provider: IdentityProvider;
let verifier: TokenVerifier;

beforeAll(async () => {
  provider = await startIdentityProvider();
  verifier = verifierOf({ jwks: provider.jwks });
});

afterAll(() => provider.close());
afterEach(() => {
  vi.useRealTimers();
});

function verifierOf(
  keys: { jwks: JSONWebKeySet },
  rest: Partial<Omit<IssuerConfig, 'alias' | 'issuer' | 'keys'>> = {},
): TokenVerifier {
  const { issuer, audience } = provider;
  return createTokenVerifier({
    issuers: trustIssuers([{ alias: 'main', issuer, audiences: [audience], keys, ...rest }]),
  });
}

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

/** A token with this header, the usual claims and this signature. */
async function forged(header: object, signature: string): Promise<string> {
  const [, payload] = (await provider.token()).split('.');
  return `${base64url.encode(JSON.stringify(header))}.${payload}.${signature}`;
}

async function signedWithPublicKey(): Promise<string> {
  const secret = new TextEncoder().encode(JSON.stringify(provider.jwks.keys[0]));
  return new SignJWT({ iss: provider.issuer, aud: provider.audience, sub: 'x' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(secret);
}

async function signedWithEmbeddedKey(): Promise<string> {
  const key = await createSigningKey('ES256');
  const { kid } = provider.jwks.keys[0]!;
  const header = { kid, jwk: key.publicJwk, jku: provider.jwksUrl, x5u: provider.jwksUrl };
  return provider.token({}, { key, header });
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const badTokens: readonly (readonly [message: string, token: () => Promise<string>, check: TokenCheck])[] = [
  ['nothing', async () => '', 'form'],
  ['two parts', async () => 'a.b', 'form'],
  ['parts that are not base64url', async () => 'a+b.c/d.e=', 'form'],
  ['a payload that is not JSON', async () => 'e30.eA.eA', 'form'],
  ['more than the size cap', async () => 'a'.repeat(DEFAULT_MAX_TOKEN_BYTES + 1), 'size'],
  ['a kid of 1 MB', () => provider.token({}, { header: { kid: 'k'.repeat(1_000_000) } }), 'size'],
  ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => [
    [`alg ${alg}, unsigned`, () => forged({ alg }, ''), 'form'] as const,
    [`alg ${alg} and a signature`, () => forged({ alg }, 'AAAA'), 'algorithm'] as const,
  ]),
  ['HS256 with the public key as secret', signedWithPublicKey, 'algorithm'],
  ['no alg', () => forged({ typ: 'JWT' }, 'AAAA'), 'form'],
  ['a key in the header', signedWithEmbeddedKey, 'signature'],
  ['an empty kid', () => provider.token({}, { header: { kid: '' } }), 'key'],
  ['a path as kid', () => provider.token({}, { header: { kid: '../../etc/passwd' } }), 'key'],
  ['CRLF in the kid', () => provider.token({}, { header: { kid: 'a\r\nb' } }), 'key'],
  ['__proto__ as kid', () => provider.token({}, { header: { kid: '__proto__' } }), 'key'],
  ['a kid that is no string', () => provider.token({}, { header: { kid: 7 } }), 'key'],
  ['an unknown crit', () => forged({ alg: 'ES256', crit: ['x'], x: 1 }, 'AAAA'), 'critical'],
  ['an unencoded payload', () => forged({ alg: 'ES256', crit: ['b64'], b64: false }, 'AAAA'), 'form'],
  ['the type of a logout token', () => provider.token({}, { header: { typ: 'logout+jwt' } }), 'type'],
  ['the type of a security event', () => provider.token({}, { header: { typ: 'secevent+jwt' } }), 'type'],
  ['the type of a proof', () => provider.token({}, { header: { typ: 'dpop+jwt' } }), 'type'],
  ['the events of a logout token', () => provider.token({ events: { [LOGOUT_EVENT]: {} } }), 'type'],
  ['events that are null', () => provider.token({ events: null }), 'type'],
  ['a type that is no string', () => provider.token({}, { header: { typ: 5 } }), 'type'],
  [
    'an all-zero ES256 signature',
    () => forged({ alg: 'ES256', kid: provider.jwks.keys[0]?.kid }, base64url.encode(new Uint8Array(64))),
    'signature',
  ],
  ['another key with the same kid', signedByAnother, 'signature'],
  ['trailing bytes', async () => `${await provider.token()}AAAA`, 'signature'],
  ['a trailing line', async () => `${await provider.token()}\n`, 'form'],
  ['a fourth part', async () => `${await provider.token()}.AAAA`, 'form'],
  ['no issuer', () => provider.token({ iss: undefined }), 'issuer'],
  ['another issuer', () => provider.token({ iss: 'https://elsewhere.example' }), 'issuer'],
  ['the issuer with a slash more', () => provider.token({ iss: `${provider.issuer}/` }), 'issuer'],
  ['__proto__ as issuer', () => provider.token({ iss: '__proto__' }), 'issuer'],
  ['the issuer in a list', () => provider.token({ iss: [provider.issuer] }), 'issuer'],
  ['no audience', () => provider.token({ aud: undefined }), 'audience'],
  ['another audience', () => provider.token({ aud: 'another' }), 'audience'],
  ['other audiences', () => provider.token({ aud: ['another', 'third'] }), 'audience'],
  ['no expiry', () => provider.token({ exp: undefined }), 'times'],
  ['an expiry as string', () => provider.token({ exp: String(seconds(300)) }), 'times'],
  ['an expiry that is null, as NaN is in JSON', () => provider.token({ exp: Number.NaN }), 'times'],
  ['an expiry in the past', () => provider.token({ exp: seconds(-60) }), 'expired'],
  ['no time of issue', () => provider.token({ iat: undefined }), 'times'],
  ['a time of issue ahead', () => provider.token({ iat: seconds(60) }), 'early'],
  ['nbf ahead', () => provider.token({ nbf: seconds(60) }), 'early'],
  ['nbf as string', () => provider.token({ nbf: 'soon' }), 'times'],
];

async function signedByAnother(): Promise<string> {
  const key = await createSigningKey('ES256');
  return provider.token({}, { key, header: { kid: provider.jwks.keys[0]?.kid } });
}

describe('a token verifier', () => {
  test.each(badTokens)('rejects %s', async (_, token, check) => {
    await expect(verifier.verify(await token())).rejects.toMatchObject({
      name: 'TokenError',
      reason: 'token_invalid',
      check,
    });
  });

  test('rejects a symmetric algorithm even if it is configured', async () => {
    const { issuer, audience, jwks } = provider;
    const careless = { alias: 'main', issuer, audiences: [audience], algorithms: ['HS256' as never] };
    const misled = createTokenVerifier({ issuers: trustIssuers([{ ...careless, keys: { jwks } }]) });
    await expect(misled.verify(await signedWithPublicKey())).rejects.toMatchObject({ check: 'algorithm' });
  });

  test('rejects an expiry that never comes', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const payload = new TextEncoder().encode('{"iss":"urn:own","iat":1,"exp":1e999}');
    const token = await new CompactSign(payload).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    const keys = { jwks: { keys: [await exportJWK(publicKey)] } };
    const own = createTokenVerifier({
      issuers: trustIssuers([{ alias: 'own', issuer: 'urn:own', audiences: null, keys }]),
    });
    await expect(own.verify(token)).rejects.toMatchObject({ check: 'times' });
  });

  test('repeats nothing of the token in its errors', async () => {
    const token = await provider.token({ exp: seconds(-60), sub: 'somebody-secret' });
    const error = await verifier.verify(token).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain(token);
    expect(String((error as Error).stack)).not.toContain('somebody-secret');
  });

  test('returns the claims, issuer, key and times of a good token', async () => {
    const iat = seconds(-1);
    const verified = await verifier.verify(await provider.token({ iat, exp: iat + 60.5, extra: [1] }));
    expect(verified).toMatchObject({
      issuer: { alias: 'main', issuer: provider.issuer },
      kid: provider.jwks.keys[0]?.kid,
      issuedAt: iat,
      expiresAt: iat + 60.5,
      claims: { sub: 'test-user', extra: [1] },
    });
  });

  test.each(['at+jwt', 'application/at+jwt', 'jwt', undefined])('takes a token of type %s', async (typ) => {
    await expect(verifier.verify(await provider.token({}, { header: { typ } }))).resolves.toBeDefined();
  });

  test('takes one of several audiences, and any where the check is switched off', async () => {
    await expect(
      verifier.verify(await provider.token({ aud: ['x', provider.audience] })),
    ).resolves.toBeDefined();
    const unchecked = verifierOf({ jwks: provider.jwks }, { audiences: null });
    await expect(unchecked.verify(await provider.token({ aud: 'any' }))).resolves.toBeDefined();
  });

  test('looks for the audience where its issuer says', async () => {
    const byClient = verifierOf({ jwks: provider.jwks }, { audienceClaim: 'client_id' });
    const token = await provider.token({ client_id: provider.audience, aud: 'other' });
    await expect(byClient.verify(token)).resolves.toBeDefined();
    await expect(byClient.verify(await provider.token())).rejects.toMatchObject({ check: 'audience' });
  });

  describe('where several keys fit and the token names none', () => {
    const withoutKid = (key: SigningKey) => provider.token({}, { key, header: { kid: undefined } });

    test('tries each of them, and says which one verified it', async () => {
      const algorithms = [...Array(8).fill('ES256'), 'RS256', 'PS256', 'EdDSA', 'EdDSA'];
      const keys = await Promise.all(algorithms.map(createSigningKey));
      const several = verifierOf({ jwks: keySetOf(keys) });
      for (const key of keys)
        await expect(several.verify(await withoutKid(key))).resolves.toMatchObject({
          kid: key.publicJwk.kid,
        });
    });

    test('knows no key where neither names one', async () => {
      const key = await createSigningKey('ES256');
      const { kid: _, ...publicJwk } = key.publicJwk;
      const nameless = verifierOf({ jwks: { keys: [publicJwk] } });
      await expect(nameless.verify(await withoutKid(key))).resolves.toMatchObject({ kid: null });
    });

    test('rejects a signature of none of them', async () => {
      const [stranger, ...keys] = await Promise.all(Array(3).fill('ES256').map(createSigningKey));
      const several = verifierOf({ jwks: keySetOf(keys) });
      await expect(several.verify(await withoutKid(stranger!))).rejects.toMatchObject({ check: 'signature' });
    });

    test('tries eight, and asks for a kid', async () => {
      const keys = await Promise.all(Array(10).fill('ES256').map(createSigningKey));
      const several = verifierOf({ jwks: keySetOf(keys) });
      await expect(several.verify(await withoutKid(keys[7]!))).resolves.toBeDefined();
      await expect(several.verify(await withoutKid(keys[8]!))).rejects.toMatchObject({ check: 'kid' });
    });

    test('tries each of several with its kid', async () => {
      const keys = await Promise.all(['ES256', 'ES256'].map(createSigningKey));
      const jwks = { keys: keys.map(({ publicJwk }) => ({ ...publicJwk, kid: 'same' })) };
      for (const key of keys) {
        const token = await provider.token({}, { key, header: { kid: 'same' } });
        await expect(verifierOf({ jwks }).verify(token)).resolves.toMatchObject({ kid: 'same' });
      }
    });
  });

  test.each(
    ['EdDSA', 'Ed25519'].flatMap((alg) =>
      ['EdDSA', 'Ed25519', undefined].flatMap((marked) =>
        [['EdDSA'], ['Ed25519'], undefined].map((accepted) => ({ alg, marked, accepted })),
      ),
    ),
  )('takes one algorithm by either of its names: $alg, key $marked, accepted $accepted', async (row) => {
    const key = await createSigningKey(row.alg);
    const { alg: _, ...unmarked } = key.publicJwk;
    const jwks = { keys: [row.marked === undefined ? unmarked : { ...unmarked, alg: row.marked }] };
    const algorithms = row.accepted as IssuerConfig['algorithms'];
    const either = verifierOf({ jwks }, algorithms && { algorithms });
    await expect(either.verify(await provider.token({}, { key }))).resolves.toBeDefined();
  });

  test('takes tokens up to its size, and decodes nothing of a longer one', async () => {
    const token = await provider.token({ groups: Array.from({ length: 200 }, () => crypto.randomUUID()) });
    expect(token.length).toBeGreaterThan(8_192);
    await expect(verifier.verify(token)).resolves.toBeDefined();
    const { issuer, audience, jwks } = provider;
    const issuers = trustIssuers([{ alias: 'main', issuer, audiences: [audience], keys: { jwks } }]);
    const exact = createTokenVerifier({ issuers, maxTokenBytes: token.length });
    await expect(exact.verify(token)).resolves.toBeDefined();
    const strict = createTokenVerifier({ issuers, maxTokenBytes: token.length - 1 });
    await expect(strict.verify(token)).rejects.toMatchObject({ check: 'size' });
  });

  test.each([
    [undefined, 5],
    [0, 0],
    [60, 60],
  ])('with a clock tolerance of %s s lets clocks be off by %i s', async (tolerance, offBy) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
    const tolerant = verifierOf(
      { jwks: provider.jwks },
      tolerance === undefined ? {} : { clockToleranceSeconds: tolerance },
    );
    const outcome = async (claims: Claims) =>
      tolerant.verify(await provider.token(claims)).then(
        () => 'good',
        ({ check }: TokenError) => check,
      );
    expect(await outcome({ exp: seconds(1 - offBy) })).toBe('good');
    expect(await outcome({ exp: seconds(-offBy) })).toBe('expired');
    expect(await outcome({ iat: seconds(offBy) })).toBe('good');
    expect(await outcome({ iat: seconds(offBy + 1) })).toBe('early');
    expect(await outcome({ nbf: seconds(offBy) })).toBe('good');
    expect(await outcome({ nbf: seconds(offBy + 1) })).toBe('early');
  });

  test('takes no private key for an issuer’s public one', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const careless = verifierOf({ jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'k' }] } });
    const token = await provider.token({}, { header: { kid: 'k' } });
    await expect(careless.verify(token)).rejects.toMatchObject({ check: 'key' });
  });

  test('keeps issuers apart: a key of one does not speak for another', async () => {
    const other = await createSigningKey('ES256');
    const both = createTokenVerifier({
      issuers: trustIssuers([
        { alias: 'main', issuer: provider.issuer, audiences: null, keys: { jwks: provider.jwks } },
        { alias: 'other', issuer: 'urn:other', audiences: null, keys: { jwks: { keys: [other.publicJwk] } } },
      ]),
    });
    const own = await provider.token({ iss: 'urn:other' }, { key: other });
    await expect(both.verify(own)).resolves.toMatchObject({ issuer: { alias: 'other' } });
    await expect(both.verify(await provider.token({}, { key: other }))).rejects.toMatchObject({
      check: 'key',
    });
  });

  test('cannot be made of two issuers with one name', () => {
    const issuer = { alias: 'a', issuer: 'i', audiences: null, keys: { jwks: provider.jwks } };
    expect(() => trustIssuers([issuer, { ...issuer, alias: 'b' }])).toThrow(TypeError);
  });

  test.each([0, 5, 60])(
    'lets no cached token outlive its expiry and a tolerance of %i s',
    async (tolerance) => {
      vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
      const tolerant = verifierOf({ jwks: provider.jwks }, { clockToleranceSeconds: tolerance });
      const token = await provider.token({ exp: seconds(30) });
      const first = await tolerant.verify(token);
      vi.setSystemTime(Date.now() + (30 + tolerance) * 1_000 - 1);
      expect(await tolerant.verify(token)).toBe(first);
      vi.setSystemTime(Date.now() + 1);
      await expect(tolerant.verify(token)).rejects.toMatchObject({ check: 'expired' });
    },
  );

  test('looks at the signature of a long-lived token again after a while', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = await provider.token({ exp: seconds(3600) });
    const first = await verifier.verify(token);
    vi.setSystemTime(Date.now() + 301_000);
    expect(await verifier.verify(token)).not.toBe(first);
  });
});
