import { generateKeyPairSync } from 'node:crypto';
import { createSigningKey, type IdentityProvider, startIdentityProvider } from '@admit-one/testkit';
import type { JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKeySource, type KeySource } from './key-source.ts';
import { serve } from './serve.fixture.ts';

const HOUR = 3_600_000;

let provider: IdentityProvider;
let discovered: KeySource;

beforeEach(async () => {
  provider = await startIdentityProvider();
  discovered = createKeySource({ discoveryUrl: provider.discoveryUrl }, provider.issuer);
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await provider.close();
});

describe('a source of keys by discovery', () => {
  test('asks where they are once in an hour', async () => {
    expect((await discovered()).usable).toEqual(provider.jwks);
    vi.advanceTimersByTime(HOUR - 1);
    await discovered();
    expect(provider.discoveries).toBe(1);
    vi.advanceTimersByTime(1);
    await discovered();
    expect([provider.discoveries, provider.fetches]).toEqual([2, 3]);
  });

  test('asks again where they are once they are not there any more', async () => {
    await discovered();
    provider.behave('failing', 'keys');
    provider.announce({ jwks_uri: provider.movedJwksUrl });
    await expect(discovered()).rejects.toThrow('status 500');
    expect((await discovered()).usable).toEqual(provider.jwks);
    expect(provider.discoveries).toBe(2);
  });

  test.each([
    ['another issuer', { issuer: 'https://elsewhere.example' }, /names another issuer: "https:\/\/elsewhere/],
    ['no issuer', { issuer: undefined }, /names another issuer: none/],
    ['an issuer that is a list', { issuer: ['a'] }, /names another issuer/],
    ['an issuer of many lines', { issuer: `a\n${'b'.repeat(5_000)}` }, /"a\\nb{254}"$/],
    ['no keys', { jwks_uri: undefined }, /no jwks_uri/],
    ['keys in a file', { jwks_uri: 'file:///etc/passwd' }, /no jwks_uri/],
    ['keys behind a password', { jwks_uri: 'http://user:hunter2@127.0.0.1/' }, /no jwks_uri.*password$/],
    ['keys at several places', { jwks_uri: ['https://a.example/'] }, /no jwks_uri/],
  ])('takes no discovery document that names %s', async (_, members, message) => {
    provider.announce(members);
    await expect(discovered()).rejects.toMatchObject({
      name: 'FetchError',
      message: expect.stringMatching(message),
    });
    expect(provider.fetches).toBe(0);
  });

  test('takes no document of the issuer with a slash more', async () => {
    provider.announce({ issuer: `${provider.issuer}/` });
    await expect(discovered()).rejects.toThrow('names another issuer');
  });

  test('asks for nothing else where the discovery document cannot be fetched', async () => {
    provider.behave('failing', 'discovery');
    await expect(discovered()).rejects.toThrow('the discovery document cannot be read');
    expect(provider.fetches).toBe(0);
  });
});

describe('a source of keys', () => {
  async function keysFrom(document: unknown): Promise<readonly JWK[]> {
    const jwksUrl = await serve((_, response) => response.end(JSON.stringify(document)));
    return (await createKeySource({ jwksUrl }, provider.issuer)()).usable.keys;
  }

  test('leaves out what no signature can be verified with', async () => {
    const [good, ...others] = await Promise.all(['ES256', 'RS256', 'Ed25519'].map(createSigningKey));
    const keys = [good, ...others].map((key) => key?.publicJwk);
    const { publicKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const { n, e } = weak.export({ format: 'jwk' });
    const { privateKey: secret } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const useless = [
      ...[null, 5, 'key', [], {}, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
      ...[secret.export({ format: 'jwk' }), { kty: 'RSA', n, e }, { kty: 'AKP', pub: 'AAAA' }],
    ];
    expect(await keysFrom({ keys: [...useless, ...keys] })).toEqual(keys);
    await expect(keysFrom({ keys: useless })).rejects.toThrow('no usable public key');
  });

  test('ignores a byte order mark and white space around its documents', async () => {
    const marked = (json: unknown) => `\ufeff \n${JSON.stringify(json)}\n\n`;
    const jwksUrl = await serve((_, response) => response.end(marked(provider.jwks)));
    const discoveryUrl = await serve((_, response) =>
      response.end(marked({ issuer: provider.issuer, jwks_uri: jwksUrl })),
    );
    const marking = createKeySource({ discoveryUrl }, provider.issuer);
    expect((await marking()).usable).toEqual(provider.jwks);
  });

  test('takes a hundred keys, and no more', async () => {
    const { publicJwk } = await createSigningKey('ES256');
    const keys = Array.from({ length: 101 }, (_, n) => ({ ...publicJwk, kid: `${n}` }));
    expect(await keysFrom({ keys })).toEqual(keys.slice(0, 100));
  });

  test.each([{}, { keys: [] }, { keys: {} }, { keys: null }, { keys: 'none' }])(
    'takes no set such as %j',
    async (document) => {
      await expect(keysFrom(document)).rejects.toThrow('contains no key');
    },
  );
});
