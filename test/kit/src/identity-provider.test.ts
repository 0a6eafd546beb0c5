import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import { type ProviderMode, SLOW_ANSWER_MS } from './identity-provider-faults.ts';
import { createSigningKey } from './signing-keys.ts';

let provider: IdentityProvider;

beforeEach(async () => {
  provider = await startIdentityProvider();
});
afterEach(() => provider.close());

/** Verifies as a relying party does that has just started. */
async function verified(token: string, timeoutDuration = 5_000) {
  const { issuer, audience, jwksUrl } = provider;
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration });
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer, audience });
  return { ...payload, header: protectedHeader };
}

async function documentAt(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

async function statuses() {
  const [keys, discovery] = await Promise.all([fetch(provider.jwksUrl), fetch(provider.discoveryUrl)]);
  return { keys: keys.status, discovery: discovery.status };
}

describe('an identity provider', () => {
  it('signs tokens that its published keys verify', async () => {
    expect(await verified(await provider.token({ scope: 'audit:read' }))).toMatchObject({
      sub: 'test-user',
      sessionId: 'test-session',
      scope: 'audit:read',
      header: { alg: 'ES256', typ: 'JWT' },
    });
    expect(provider.fetches).toBe(1);
  });

  it('says where its keys are, or anything else', async () => {
    const { issuer, jwksUrl, discoveryUrl, movedJwksUrl, jwks } = provider;
    expect(discoveryUrl).toBe(`${issuer}/.well-known/openid-configuration`);
    expect(await documentAt(discoveryUrl)).toEqual({ issuer, jwks_uri: jwksUrl });
    provider.announce({ jwks_uri: movedJwksUrl });
    expect(await documentAt(discoveryUrl)).toEqual({ issuer, jwks_uri: movedJwksUrl });
    expect(await documentAt(movedJwksUrl)).toEqual(jwks);
    expect(provider.discoveries).toBe(2);
  });

  it('may be at a path', async () => {
    const other = await startIdentityProvider({ path: '/auth0/', algorithm: 'RS256' });
    onTestFinished(() => other.close());
    expect(other.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth0\/$/);
    const { issuer, jwksUrl } = other;
    expect(await documentAt(`${issuer}.well-known/openid-configuration`)).toEqual({
      issuer,
      jwks_uri: jwksUrl,
    });
    expect(await documentAt(jwksUrl)).toMatchObject({ keys: [{ alg: 'RS256' }] });
  });

  it('can have its keys broken and its discovery document not, and the other way round', async () => {
    provider.behave('failing', 'keys');
    expect(await statuses()).toEqual({ keys: 500, discovery: 200 });
    provider.behave('up');
    provider.behave('failing', 'discovery');
    expect(await statuses()).toEqual({ keys: 200, discovery: 500 });
  });

  it('makes wrong tokens on demand', async () => {
    const noSubject = await provider.token({ sub: undefined, exp: '2030' });
    const [, payload = ''] = noSubject.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).not.toHaveProperty('sub');
    expect(claims.exp).toBe('2030');
    const forged = await provider.token({}, { key: await createSigningKey('ES256') });
    await expect(verified(forged)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  it('rotates its key, with or without an overlap', async () => {
    const first = await provider.token();
    await provider.rotate({ keepOld: true });
    await expect(verified(first)).resolves.toBeDefined();
    await provider.rotate();
    await expect(verified(first)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    await expect(verified(await provider.token())).resolves.toBeDefined();
  });

  it.each<[ProviderMode, object]>([
    ['down', { message: 'fetch failed' }],
    ['silent', { code: 'ERR_JWKS_TIMEOUT' }],
    ['slow', { code: 'ERR_JWKS_TIMEOUT' }],
    ['failing', { message: expect.stringContaining('200 OK') }],
    ['empty', { code: 'ERR_JWKS_NO_MATCHING_KEY' }],
    ['redirecting', { message: expect.stringContaining('200 OK') }],
    ['garbled', { message: expect.stringContaining('JSON') }],
    ['html', { message: expect.stringContaining('JSON') }],
  ])('breaks when told to be %s, and mends', async (mode, error) => {
    const token = await provider.token();
    provider.behave(mode);
    const patienceMs = mode === 'silent' || mode === 'slow' ? 200 : undefined;
    await expect(verified(token, patienceMs)).rejects.toMatchObject(error);
    provider.behave('up');
    await expect(verified(token)).resolves.toBeDefined();
  });

  it.each([
    ['huge', 4 * 1024 * 1024],
    ['trickling', 3],
  ] as const)('answers without end when told to be %s', async (mode, enough) => {
    provider.behave(mode);
    const { body } = await fetch(provider.jwksUrl);
    let bytes = 0;
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      if (bytes >= enough) break;
    }
    expect(bytes).toBeGreaterThanOrEqual(enough);
  });

  it('answers late when told to be slow, and takes no offence at who has gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    provider.behave('slow');
    const impatient = new AbortController();
    const gone = fetch(provider.jwksUrl, { signal: impatient.signal });
    const answered = fetch(provider.jwksUrl);
    await vi.waitFor(() => expect(provider.fetches).toBe(2), { timeout: 20_000 });
    impatient.abort();
    await expect(gone).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(SLOW_ANSWER_MS);
    expect((await answered).status).toBe(200);
  });
});
