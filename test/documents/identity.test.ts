import { randomUUID } from 'node:crypto';
import { readTicketServiceVariables, ticketConfigOf } from '@admit-one/config';
import type { Principal } from '@admit-one/core';
import {
  createTokenVerifier,
  missingSessionDetail,
  principalOf,
  TokenError,
  type TokenVerifier,
  tokenRejectionOf,
  trustIssuers,
  type UserIssuerConfig,
} from '@admit-one/identity';
import {
  createSigningKey,
  type Issuance,
  keySetOf,
  mintShape,
  providerShapes,
  type SigningKey,
} from '@admit-one/testkit';
import { exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { codeIn, pageFiles, promiseOf, readIndex, readProviderPages } from './provider-pages.ts';

const index = readIndex();
const pages = readProviderPages();
const engines = { NATS_URL: 'nats://nats:4222', REDIS_URL: 'redis://redis:6379/0' };

describe('every page about a provider', () => {
  test.each(pageFiles())('%s is in the index', (file) => {
    expect(index.text).toContain(`](${file})`);
  });

  test('is held to its word, and every shape has its page', () => {
    expect(new Set(providerShapes.map(({ page }) => page))).toEqual(new Set(pages.map(({ name }) => name)));
  });

  test.each(pages)('$name speaks of the tokens that are tested, and of no others', (page) => {
    const shapes = providerShapes.filter((shape) => shape.page === page.name);
    expect(page.sessions.map(({ token }) => token)).toEqual(shapes.map(({ name }) => name));
    expect([...page.settings.keys()]).toEqual([...new Set(shapes.map(({ alias }) => alias))]);
    expect(new Set(page.rejections.map((row) => row['sent by mistake']))).toEqual(
      new Set(shapes.flatMap(({ mistakes }) => mistakes.map(({ name }) => name))),
    );
  });
});

describe('the index', () => {
  test.each(pages)('says of $name what its page says', ({ name, settings }) => {
    const [first = {}] = settings.values();
    const row = index.providers.find(({ provider }) => provider?.endsWith(`](${name}.md)`));
    const [issuer = ''] = codeIn(row?.['`iss`']);
    expect(first.JWT_ISSUER).toMatch(new RegExp(`^${issuer.replace(/<[^>]+>/g, '[^/]+')}$`));
    expect(codeIn(row?.['audience in'])[0]).toBe(first.JWT_AUDIENCE_CLAIM ?? 'aud');
  });

  test('has an example of several issuers that the service takes', () => {
    const { issuers } = ticketConfigOf(
      readTicketServiceVariables({ ...engines, JWT_ISSUERS: index.issuers }),
    );
    expect(issuers).toHaveLength(3);
  });
});

test('a backend that signs as the index shows has its tokens accepted, with session and user', async () => {
  const section = index.text.split('## Your own backend\n')[1]?.split('\n## ')[0] ?? '';
  const settings = Object.fromEntries(
    [...section.matchAll(/`(JWT_ISSUER|JWT_AUDIENCE)=([^`]+)`/g)].map(([, name, value]) => [name, value]),
  );
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256' }];
  const { issuers } = ticketConfigOf(
    readTicketServiceVariables({ ...engines, ...settings, JWT_JWKS: JSON.stringify({ keys }) }),
  );
  // The block as it is shown, as a module whose package is found from anywhere.
  const source = `${/^```js\n(.*?)^```$/ms.exec(section)?.[1]}`.replace(
    "'jose'",
    `'${import.meta.resolve('jose')}'`,
  );
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('SIGNING_KEY', JSON.stringify(await exportJWK(privateKey)));
  const { tokenFor } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`);

  const token = await tokenFor({ userId: 'alice', sessionId: 's-1' });
  const [issuer] = issuers;
  const verified = await createTokenVerifier({ issuers: trustIssuers(issuers) }).verify(token);
  expect(issuer && principalOf(verified, issuer.principals)).toMatchObject({
    kind: 'principal',
    principal: { session: 's-1', user: 'alice' },
  });
});

describe.each(providerShapes)('$page, $name', (shape) => {
  const promised = promiseOf(shape, pages);
  const { settings } = promised;
  const issuer = String(settings.JWT_ISSUER);
  let key: SigningKey;
  let config: UserIssuerConfig;
  let verifier: TokenVerifier<UserIssuerConfig>;

  beforeAll(async () => {
    key = await createSigningKey(shape.algorithm);
    config = { ...issuerOf(settings), keys: { jwks: keySetOf([key]) } };
    verifier = createTokenVerifier({ issuers: trustIssuers([config]) });
  });

  /** A token of half a minute ago, what it is refreshed with, and one of another login: no shape is good for less than a minute. */
  function issuances(): Readonly<Record<'first' | 'refreshed' | 'another', Issuance>> {
    const now = Math.floor(Date.now() / 1000);
    const login = { id: randomUUID(), at: now - 30 };
    return {
      first: { issuer, issuedAt: login.at, login },
      refreshed: { issuer, issuedAt: now, login },
      another: { issuer, issuedAt: now, login: { id: randomUUID(), at: now } },
    };
  }

  async function principalFor(issuance: Issuance): Promise<Principal | undefined> {
    const token = await mintShape(shape.token(issuance), key);
    const result = principalOf(await verifier.verify(token), config.principals);
    return result.kind === 'principal' ? result.principal : undefined;
  }

  test('the settings have the issuer in its real form', () => {
    expect(issuer).toBe(new URL(issuer).origin + shape.issuerPath);
  });

  test('the token names the session and the user that the page says', async () => {
    const { first } = issuances();
    expect(await principalFor(first)).toMatchObject(promised.principal(first));
  });

  test('a derived session is made of all claims of the token that it can be made of', () => {
    const { claims } = shape.token(issuances().first);
    const present = ['iss', 'sub', 'auth_time'].filter((name) => claims[name] !== undefined);
    expect(promised.derivedFrom).toEqual(promised.sessionFrom === 'derived' ? present : []);
  });

  test('attributes are those of the settings that the token has', async () => {
    const { first } = issuances();
    const { claims } = shape.token(first);
    const names = String(settings.PRINCIPAL_ATTRIBUTES).split(',');
    const present = names.filter((name) => claims[name] !== undefined);
    expect(Object.keys((await principalFor(first))?.attributes ?? {}).sort()).toEqual(present.sort());
  });

  test('the session after a refresh, and after another login, is as the page says', async () => {
    const { first, refreshed, another } = issuances();
    const session = (await principalFor(first))?.session;
    const said = (next?: Principal) => (next?.session === session ? 'the same' : 'another');
    expect(said(await principalFor(refreshed))).toBe(promised.afterRefresh);
    expect(said(await principalFor(another))).toBe(promised.afterAnotherLogin);
  });

  test.each(shape.mistakes)('rejected: $name', async (mistake) => {
    const token = await mistake.mint(issuances().refreshed, key);
    expect(await detailOfRejection(token)).toMatch(promised.rejection(mistake.name));
  });

  async function detailOfRejection(token: string): Promise<string> {
    try {
      const result = principalOf(await verifier.verify(token), config.principals);
      return result.kind === 'no_session' ? missingSessionDetail(result.claimNames, config) : 'accepted';
    } catch (error) {
      if (error instanceof TokenError) return tokenRejectionOf(error, 'JWT').detail;
      throw error;
    }
  }
});

/** The issuer of a page's settings, as the service itself reads them. */
function issuerOf(settings: Readonly<Record<string, string>>): UserIssuerConfig {
  const { issuers } = ticketConfigOf(readTicketServiceVariables({ ...engines, ...settings }));
  if (!issuers[0]) throw new Error('the settings name no issuer');
  return issuers[0];
}
