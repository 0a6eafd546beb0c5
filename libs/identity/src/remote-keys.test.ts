import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSigningKey, type IdentityProvider, startIdentityProvider } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TokenError } from './token-error.ts';
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts';

let provider: IdentityProvider;
let verifier: TokenVerifier;

beforeEach(async () => {
  provider = await startIdentityProvider();
  const keys = { jwksUrl: provider.jwksUrl };
  verifier = createTokenVerifier({
    issuers: [{ alias: 'main', issuer: provider.issuer, audiences: null, keys }],
  });
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await provider.close();
});

/** Tokens that name keys nobody has published. */
async function verifyStrangers(count: number): Promise<PromiseSettledResult<unknown>[]> {
  const key = await createSigningKey('ES256');
  const tokens = Array.from({ length: count }, (_, n) =>
    provider.token({}, { key, header: { kid: `unknown-${n}` } }),
  );
  return Promise.allSettled((await Promise.all(tokens)).map((token) => verifier.verify(token)));
}

const UNAVAILABLE = { code: 'issuer_unavailable', check: 'keys' };

describe('keys at a JWKS URL', () => {
  test('are fetched once for many tokens', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => provider.token({ n })));
    await Promise.all(tokens.map((token) => verifier.verify(token)));
    expect(provider.fetches).toBe(1);
  });

  test('are fetched again after a rotation, and not for every unknown kid', async () => {
    await verifier.verify(await provider.token());
    await provider.rotate({ keepOld: true });
    const rotated = await provider.token();
    await expect(verifier.verify(rotated)).rejects.toMatchObject({ code: 'invalid', check: 'key' });
    expect(provider.fetches).toBe(1);

    vi.advanceTimersByTime(31_000);
    await expect(verifier.verify(rotated)).resolves.toBeDefined();
    await verifyStrangers(50);
    expect(provider.fetches).toBe(2);
  });

  test.each(['down', 'failing', 'huge', 'empty', 'redirecting', 'garbled'] as const)(
    'of an issuer that is %s are unavailable, asked for with a back-off, and back when it is',
    async (mode) => {
      provider.behave(mode);
      await expect(verifier.verify(await provider.token())).rejects.toMatchObject(UNAVAILABLE);
      const refused = await verifyStrangers(50);
      expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
      expect(provider.fetches).toBe(1);

      provider.behave('up');
      vi.advanceTimersByTime(501);
      await expect(verifier.verify(await provider.token())).resolves.toBeDefined();
    },
  );

  test('that are known go on working while the issuer is down', async () => {
    await verifier.verify(await provider.token());
    provider.behave('empty');
    vi.advanceTimersByTime(31_000);
    await verifyStrangers(5);
    expect(provider.fetches).toBe(2);
    await expect(verifier.verify(await provider.token({ n: 1 }))).resolves.toBeDefined();
  });

  test('are asked for ever more seldom while the issuer is down', async () => {
    provider.behave('failing');
    for (let second = 0; second < 60; second += 1) {
      await verifyStrangers(1);
      vi.advanceTimersByTime(1_000);
    }
    expect(provider.fetches).toBeGreaterThan(10);
    expect(provider.fetches).toBeLessThan(20);
  });

  test.each([
    [1_000, 'resolved'],
    [300_000, 'issuer_unavailable'],
  ])('in an answer with %i bytes of padding are %s', async (padding, outcome) => {
    const body = JSON.stringify({ ...provider.jwks, padding: 'x'.repeat(padding) });
    const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const keys = { jwksUrl: `http://127.0.0.1:${port}/` };
    const padded = createTokenVerifier({
      issuers: [{ alias: 'main', issuer: provider.issuer, audiences: null, keys }],
    });
    const result = await padded.verify(await provider.token()).then(
      () => 'resolved',
      ({ code }: TokenError) => code,
    );
    expect(result).toBe(outcome);
    server.close();
    server.closeAllConnections();
  });
});
