import { createSigningKey, type IdentityProvider, startIdentityProvider } from '@admit-one/testkit';
import type { JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTokenVerifier, type TokenVerifier } from '../verify/token-verifier.ts';
import { trustIssuers } from '../verify/trusted-issuers.ts';
import { createJwksCache } from './jwks-cache.ts';
import { sortKeys } from './key-set.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const UNAVAILABLE = { reason: 'issuer_unavailable', check: 'keys' };
const UNKNOWN = { reason: 'token_invalid', check: 'key' };

let provider: IdentityProvider;
let verifier: TokenVerifier;
let outages: string[];

beforeEach(async () => {
  provider = await startIdentityProvider();
  outages = [];
  const keys = { jwksUrl: provider.jwksUrl };
  verifier = createTokenVerifier({
    issuers: trustIssuers([{ alias: 'main', issuer: provider.issuer, audiences: null, keys }], {
      onKeysUnreachable: (alias, error) => outages.push(`${alias}: ${(error as Error).message}`),
      onKeysReachable(alias) {
        if (outages.length > 0) outages.push(`${alias} is back`);
      },
    }),
  });
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await provider.close();
});

let serial = 0;

/** Verifies a new token, signed with the current key. */
async function verify(): Promise<unknown> {
  serial += 1;
  return verifier.verify(await provider.token({ serial }));
}

/** Verifies tokens whose keys are not published; returns the failed checks. */
async function verifyStrangers(count: number): Promise<ReadonlySet<unknown>> {
  const key = await createSigningKey('ES256');
  const rejections = Array.from({ length: count }, async (_, n) => {
    const token = await provider.token({}, { key, header: { kid: `unknown-${n}` } });
    const error: unknown = await verifier.verify(token).catch((thrown: unknown) => thrown);
    return (error as { check?: unknown }).check;
  });
  return new Set(await Promise.all(rejections));
}

describe('the keys of an issuer', () => {
  test('are fetched when the first token comes, and once for many', async () => {
    expect(provider.fetches).toBe(0);
    await Promise.all(Array.from({ length: 20 }, verify));
    expect(provider.fetches).toBe(1);
  });

  test('are fresh for nine to ten minutes', async () => {
    await verify();
    vi.advanceTimersByTime(9 * MINUTE - 1);
    await verify();
    expect(provider.fetches).toBe(1);
    vi.advanceTimersByTime(MINUTE + 1);
    await verify();
    await vi.waitFor(() => expect(provider.fetches).toBe(2), { timeout: 20_000 });
  });

  test('are used while fresh ones are fetched', async () => {
    await verify();
    provider.behave('silent');
    vi.advanceTimersByTime(10 * MINUTE);
    await expect(verify()).resolves.toBeDefined();
    await vi.waitFor(() => expect(provider.fetches).toBe(2), { timeout: 20_000 });
    await expect(verify()).resolves.toBeDefined();
  });

  test('are fetched before use if no token needed them for an hour', async () => {
    await verify();
    const withdrawn = await provider.token();
    await provider.rotate();
    vi.advanceTimersByTime(HOUR);
    await expect(verifier.verify(withdrawn)).rejects.toMatchObject(UNKNOWN);
  });

  test('are fetched again for a key that is not among them, ten seconds after the last time', async () => {
    await verify();
    await provider.rotate({ keepOld: true });
    vi.advanceTimersByTime(10 * SECOND - 1);
    await expect(verify()).rejects.toMatchObject(UNKNOWN);
    expect(provider.fetches).toBe(1);
    vi.advanceTimersByTime(1);
    await expect(verify()).resolves.toBeDefined();
    expect(provider.fetches).toBe(2);
  });

  test('are not fetched again for a token that several of them fit', async () => {
    await provider.rotate({ keepOld: true });
    const withoutKid = (serial: number) => provider.token({ serial }, { header: { kid: undefined } });
    await expect(verifier.verify(await withoutKid(1))).resolves.toBeDefined();
    vi.advanceTimersByTime(10 * SECOND);
    await expect(verifier.verify(await withoutKid(2))).resolves.toBeDefined();
    expect(provider.fetches).toBe(1);
  });

  test('are fetched no more often for a flood of tokens with unknown keys', async () => {
    for (let second = 0; second < 60; second += 1) {
      expect(await verifyStrangers(5)).toEqual(new Set(['key']));
      vi.advanceTimersByTime(SECOND);
    }
    expect(provider.fetches).toBe(6);
  });
});

describe('the keys of an issuer in an outage', () => {
  test.each(['down', 'failing', 'huge', 'redirecting', 'empty', 'garbled', 'html'] as const)(
    'that is %s are unavailable where none is known, and back when it is',
    async (mode) => {
      provider.behave(mode);
      await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
      provider.behave('up');
      vi.advanceTimersByTime(499);
      await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
      expect(provider.fetches).toBe(1);
      vi.advanceTimersByTime(1);
      await expect(verify()).resolves.toBeDefined();
    },
  );

  test.each(['down', 'failing', 'huge', 'redirecting', 'empty', 'garbled', 'html'] as const)(
    'that is %s go on being used where they are known, and are renewed after it',
    async (mode) => {
      await verify();
      provider.behave(mode);
      vi.advanceTimersByTime(10 * MINUTE);
      await verify();
      await vi.waitFor(() => expect(outages).toHaveLength(1), { timeout: 20_000 });
      await expect(verify()).resolves.toBeDefined();
      provider.behave('up');
      await provider.rotate();
      vi.advanceTimersByTime(500);
      await expect(verify()).resolves.toBeDefined();
    },
  );

  test('are not waited for if they are known', async () => {
    await verify();
    provider.behave('failing');
    vi.advanceTimersByTime(10 * MINUTE);
    await verify();
    await vi.waitFor(() => expect(outages).toHaveLength(1), { timeout: 20_000 });
    provider.behave('silent');
    vi.advanceTimersByTime(2 * HOUR);
    await expect(verify()).resolves.toBeDefined();
    await vi.waitFor(() => expect(provider.fetches).toBe(3), { timeout: 20_000 });
  });

  test('are used for a day after the last fetch', async () => {
    await verify();
    provider.behave('down');
    vi.advanceTimersByTime(24 * HOUR - 1);
    await expect(verify()).resolves.toBeDefined();
    vi.advanceTimersByTime(1);
    await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    provider.behave('up');
    vi.advanceTimersByTime(SECOND);
    await expect(verify()).resolves.toBeDefined();
  });

  test('leave open whether an unknown key is the issuer’s: it may have been rotated meanwhile', async () => {
    await verify();
    await provider.rotate({ keepOld: true });
    provider.behave('failing');
    vi.advanceTimersByTime(10 * SECOND);
    await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    await expect(verify()).rejects.toMatchObject(UNAVAILABLE);
    expect(provider.fetches).toBe(2);
    provider.behave('up');
    vi.advanceTimersByTime(500);
    await expect(verify()).resolves.toBeDefined();
    expect(await verifyStrangers(1)).toEqual(new Set(['key']));
  });

  test('are fetched with a backoff, at most every five seconds, in a flood', async () => {
    provider.behave('failing');
    const fetchedAt: number[] = [];
    for (let half = 0; half < 60; half += 1) {
      const before = provider.fetches;
      expect(await verifyStrangers(3)).toEqual(new Set(['keys']));
      if (provider.fetches > before) fetchedAt.push(half / 2);
      vi.advanceTimersByTime(500);
    }
    expect(fetchedAt).toEqual([0, 0.5, 1.5, 3.5, 7.5, 12.5, 17.5, 22.5, 27.5]);
    expect(provider.fetches).toBe(fetchedAt.length);
  });

  test('are fetched with the first backoff again in the next outage', async () => {
    provider.behave('failing');
    for (let n = 0; n < 4; n += 1) {
      await verifyStrangers(1);
      vi.advanceTimersByTime(5 * SECOND);
    }
    provider.behave('up');
    await verify();
    provider.behave('failing');
    vi.advanceTimersByTime(10 * SECOND);
    await verifyStrangers(1);
    vi.advanceTimersByTime(500);
    await verifyStrangers(1);
    expect(provider.fetches).toBe(7);
  });

  test('are reported once when it begins, and once when it ends', async () => {
    provider.behave('failing');
    for (let n = 0; n < 3; n += 1) {
      await verifyStrangers(2);
      vi.advanceTimersByTime(5 * SECOND);
    }
    expect(outages).toEqual(['main: the JWK set cannot be read: the response has status 500']);
    provider.behave('up');
    await verify();
    expect(outages.slice(1)).toEqual(['main is back']);
  });
});

describe('ignored keys', () => {
  const useless = ['post-quantum', 'other'].map((kid): JWK => ({ kty: 'AKP', kid }));

  test('are reported when they are first seen, and when they differ', async () => {
    const { publicJwk } = await createSigningKey('ES256');
    const reported: (readonly string[])[] = [];
    let published: JWK[] = [publicJwk];
    const choose = createJwksCache(async () => sortKeys({ keys: published }), {
      onError: (error) => expect.unreachable(String(error)),
      onReachable() {},
      onIgnored: (ignored) => reported.push(ignored),
    });
    const fetchWith = async (...keys: readonly JWK[]) => {
      published = [publicJwk, ...keys];
      vi.advanceTimersByTime(2 * HOUR);
      await choose({ alg: 'ES256' });
      return reported.length;
    };
    expect([await fetchWith(), await fetchWith(useless[0]!), await fetchWith(useless[0]!)]).toEqual([
      0, 1, 1,
    ]);
    expect([await fetchWith(...useless), await fetchWith(), await fetchWith()]).toEqual([2, 2, 2]);
    expect(reported.map((ignored) => ignored.length)).toEqual([1, 2]);
  });

  test('in the settings are reported at once', async () => {
    const reported: unknown[] = [];
    const keys = { jwks: { keys: [...useless, ...provider.jwks.keys] } };
    const { issuer } = provider;
    const inline = createTokenVerifier({
      issuers: trustIssuers([{ alias: 'inline', issuer, audiences: null, keys }], {
        onKeysIgnored: (alias, ignored) => reported.push(alias, ignored),
      }),
    });
    expect(reported).toEqual([
      'inline',
      [
        expect.stringMatching(/^keys\[0\] \(kid "post-quantum"\) .*kty "AKP"/),
        expect.stringMatching(/^keys\[1\] /),
      ],
    ]);
    await expect(inline.verify(await provider.token())).resolves.toBeDefined();
  });
});
