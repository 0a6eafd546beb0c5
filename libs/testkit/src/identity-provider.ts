import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JSONWebKeySet } from 'jose';
import { MOVED_JWKS_PATH, type ProviderMode, providerFaults } from './identity-provider-faults.ts';
import { createSigningKey, keySetOf, type SigningKey } from './signing-keys.ts';

/** Claims by name; one that is `undefined` is left out of the token. */
export type Claims = Readonly<Record<string, unknown>>;

export interface TokenOverrides {
  /** Members of the JWS header, added to or in the place of the proper ones. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs instead of the current key, as another issuer or an attacker would. */
  readonly key?: SigningKey;
}

/** An OpenID provider as its relying parties see it: tokens, keys and discovery. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** How often the keys were asked for, whatever came of it. */
  readonly fetches: number;
  readonly jwks: JSONWebKeySet;
  /** A token of `test-user` in `test-session`, good for five minutes, but for what the claims say otherwise. */
  token(claims?: Claims, overrides?: TokenOverrides): Promise<string>;
  /** Signs with a new key from now on; the old ones stay published where `keepOld`. */
  rotate(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** Breaks in the given way, or works again with `up`. */
  behave(mode: ProviderMode): void;
  close(): Promise<void>;
}

export interface IdentityProviderOptions {
  readonly audience?: string;
  /** The JWS algorithm of its keys. */
  readonly algorithm?: string;
}

const TOKEN_SECONDS = 300;

/** Starts a provider on a free port of the loopback interface. */
export async function startIdentityProvider(
  options: IdentityProviderOptions = {},
): Promise<IdentityProvider> {
  const { audience = 'admit-one', algorithm = 'ES256' } = options;
  let current = await createSigningKey(algorithm);
  let published: readonly SigningKey[] = [current];
  let mode: ProviderMode = 'up';
  let fetches = 0;

  const server = createServer((request, response) => {
    if (request.url === '/jwks.json') fetches += 1;
    if (mode !== 'up' && request.url !== MOVED_JWKS_PATH) return providerFaults[mode](request, response);
    const document = documents().get(request.url ?? '');
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(document ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUrl = `${issuer}/jwks.json`;

  function documents(): ReadonlyMap<string, object> {
    return new Map<string, object>([
      ['/jwks.json', keySetOf(published)],
      [MOVED_JWKS_PATH, keySetOf(published)],
      ['/.well-known/openid-configuration', { issuer, jwks_uri: jwksUrl }],
    ]);
  }

  return {
    issuer,
    audience,
    jwksUrl,
    get fetches() {
      return fetches;
    },
    get jwks() {
      return keySetOf(published);
    },
    token(claims = {}, { header, key = current } = {}) {
      const iat = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, aud: audience, sub: 'test-user', sessionId: 'test-session' };
      return key.sign({ ...usual, iat, exp: iat + TOKEN_SECONDS, ...claims }, header);
    },
    async rotate({ keepOld = false } = {}) {
      current = await createSigningKey(algorithm);
      published = keepOld ? [current, ...published] : [current];
    },
    behave(next) {
      mode = next;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
