import { generateKeyPairSync } from 'node:crypto';
import { createSigningKey, type IdentityProvider, keySetOf, startIdentityProvider } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IssuerConfig, IssuerKeys } from '../issuers/types.ts';
import { inspectIssuer } from './inspect-issuer.ts';

let provider: IdentityProvider;

beforeEach(async () => {
  provider = await startIdentityProvider();
});
afterEach(() => provider.close());

function inspect(keys: IssuerKeys, algorithms?: IssuerConfig['algorithms']) {
  const rest = algorithms === undefined ? {} : { algorithms };
  return inspectIssuer({ alias: 'main', issuer: provider.issuer, audiences: null, keys, ...rest });
}

describe('an inspection of an issuer', () => {
  it('reports the algorithms that the keys are usable for', async () => {
    expect(await inspect({ jwksUrl: provider.jwksUrl })).toEqual([
      { level: 'ok', message: 'it has 1 key, usable for ES256' },
    ]);
  });

  it('accepts several keys of a type, and leaves out those for encryption', async () => {
    const [first, second, third] = await Promise.all(['ES256', 'ES256', 'PS256'].map(createSigningKey));
    const { keys } = keySetOf([first!, second!, third!]);
    const jwks = { keys: [...keys.slice(0, 2), { ...keys[2], use: 'enc' }] };
    expect(await inspect({ jwks })).toEqual([
      { level: 'ok', message: 'it has 3 keys, usable for ES256' },
      {
        level: 'warning',
        message: `keys[2] (kid "${keys[2]?.kid}") is not for signatures (use "enc")`,
        remedy: expect.any(String),
      },
    ]);
  });

  it('reports keys that no accepted algorithm can use', async () => {
    const [diagnostic] = await inspect({ jwksUrl: provider.jwksUrl }, ['RS256']);
    expect(diagnostic).toMatchObject({
      level: 'error',
      message: 'it has 1 key, but no key usable for RS256',
      remedy: expect.any(String),
    });
  });

  it.each([
    ['down', /ECONNRESET|socket|other side closed/i],
    ['failing', 'status 500'],
    ['redirecting', 'status 302'],
    ['empty', 'contains no key'],
    ['huge', 'longer than'],
    ['garbled', 'JSON'],
    ['html', 'JSON'],
  ] as const)('reports an issuer that is %s', async (mode, why) => {
    provider.behave(mode);
    const [diagnostic, ...others] = await inspect({ jwksUrl: provider.jwksUrl });
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({ level: 'error', remedy: expect.stringContaining('JWKS URL') });
    expect(diagnostic?.message).toMatch(why);
  });

  it('reports a rejected connection', async () => {
    await provider.close();
    const [diagnostic] = await inspect({ jwksUrl: provider.jwksUrl });
    expect(diagnostic).toMatchObject({ level: 'error', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('reports that the keys were discovered', async () => {
    expect(await inspect({ discoveryUrl: provider.discoveryUrl })).toEqual([
      { level: 'ok', message: 'its discovery document says where its keys are' },
      { level: 'ok', message: 'it has 1 key, usable for ES256' },
    ]);
  });

  it('reports the discovery document of another issuer', async () => {
    provider.announce({ issuer: `${provider.issuer}/` });
    expect(await inspect({ discoveryUrl: provider.discoveryUrl })).toEqual([
      {
        level: 'error',
        message: `its keys cannot be discovered: the discovery document names another issuer: "${provider.issuer}/"`,
        remedy: expect.stringContaining('exactly'),
      },
    ]);
    expect(provider.fetches).toBe(0);
  });

  it.each([
    [
      'discovery',
      'its keys cannot be discovered: the discovery document cannot be read: the response has status 500',
    ],
    ['keys', 'its keys cannot be fetched: the JWK set cannot be read: the response has status 500'],
  ] as const)('reports which document is broken: %s', async (part, what) => {
    provider.behave('failing', part);
    const diagnostics = await inspect({ discoveryUrl: provider.discoveryUrl });
    expect(diagnostics.filter(({ level }) => level === 'error')).toMatchObject([{ message: what }]);
  });

  it.each([
    [{ jwksUrl: 'http://issuer.invalid/' }, 'its JWK set'],
    [{ discoveryUrl: 'http://issuer.invalid/' }, 'its discovery document'],
  ])('warns of plain http from elsewhere: %j', async (keys, what) => {
    expect(await inspect(keys)).toMatchObject([
      { level: 'error' },
      { level: 'warning', message: expect.stringContaining(what), remedy: expect.stringContaining('https') },
    ]);
  });

  it('warns of members that are not keys', async () => {
    const jwks = { keys: [5 as never, null as never, ...provider.jwks.keys] };
    expect(await inspect({ jwks })).toMatchObject([
      { level: 'ok', message: 'it has 3 keys, usable for ES256' },
      { level: 'warning', message: expect.stringContaining('keys[0]') },
      { level: 'warning', message: expect.stringContaining('keys[1]') },
    ]);
  });

  it('warns of a private key among the public ones, and shows nothing of it', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const diagnostics = await inspect({ jwks: { keys: [...provider.jwks.keys, { ...key, kty: 'EC' }] } });
    expect(diagnostics).toEqual([
      { level: 'ok', message: 'it has 2 keys, usable for ES256' },
      {
        level: 'warning',
        message: expect.stringContaining('keys[1] is a private'),
        remedy: expect.any(String),
      },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain(key.d);
  });
});
