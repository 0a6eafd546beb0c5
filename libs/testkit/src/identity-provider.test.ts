import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import type { ProviderMode } from './identity-provider-faults.ts';
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

  it('says where its keys are', async () => {
    const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toEqual({ issuer: provider.issuer, jwks_uri: provider.jwksUrl });
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
    ['slow', { code: 'ERR_JWKS_TIMEOUT' }],
    ['failing', { message: expect.stringContaining('200 OK') }],
    ['huge', { code: 'ERR_JWKS_NO_MATCHING_KEY' }],
    ['empty', { code: 'ERR_JWKS_NO_MATCHING_KEY' }],
    ['redirecting', { message: expect.stringContaining('200 OK') }],
    ['garbled', { message: expect.stringContaining('JSON') }],
  ])('breaks when told to be %s, and mends', async (mode, fault) => {
    const token = await provider.token();
    provider.behave(mode);
    const patienceMs = mode === 'slow' ? 200 : undefined;
    await expect(verified(token, patienceMs)).rejects.toMatchObject(fault);
    provider.behave('up');
    await expect(verified(token)).resolves.toBeDefined();
  });
});
