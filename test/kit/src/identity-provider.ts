import type { JSONWebKeySet } from 'jose';
import { MOVED_JWKS_PATH, type ProviderMode } from './identity-provider-faults.ts';
import { type ProviderPaths, startProviderServer } from './identity-provider-server.ts';
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
  /** The keys again, at a place that never breaks: where a redirecting provider leads to. */
  readonly movedJwksUrl: string;
  readonly discoveryUrl: string;
  /** How often the keys were asked for at `jwksUrl`, whatever came of it. */
  readonly fetches: number;
  /** How often the discovery document was asked for, whatever came of it. */
  readonly discoveries: number;
  readonly jwks: JSONWebKeySet;
  /** A token of `test-user` in `test-session`, valid for five minutes, unless the claims say otherwise. */
  token(claims?: Claims, overrides?: TokenOverrides): Promise<string>;
  /** Signs any JSON value with the current key, whatever it says. */
  readonly sign: SigningKey['sign'];
  /** Signs with a new key from now on; the old ones stay published where `keepOld`. */
  rotate(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** Breaks in the given way, or works again with `up`: its keys, its discovery document, or both. */
  behave(mode: ProviderMode, part?: keyof ProviderPaths | 'everything'): void;
  /** Adds members to the discovery document, or replaces them. */
  announce(members: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

export interface IdentityProviderOptions {
  readonly audience?: string;
  /** The JWS algorithm of its keys. */
  readonly algorithm?: string;
  /** What the issuer's URL has after the port: nothing, or a path such as `/auth0/`. */
  readonly path?: string;
}

const TOKEN_SECONDS = 300;

/** Starts a provider on a free port of the loopback interface. */
export async function startIdentityProvider(
  options: IdentityProviderOptions = {},
): Promise<IdentityProvider> {
  const { audience = 'admit-one', algorithm = 'ES256', path = '' } = options;
  let current = await createSigningKey(algorithm);
  let published: readonly SigningKey[] = [current];
  let announced: Readonly<Record<string, unknown>> = {};

  const base = path.replace(/\/$/, '');
  const paths = { keys: `${base}/jwks.json`, discovery: `${base}/.well-known/openid-configuration` };
  const documents = {
    keys: () => keySetOf(published),
    discovery: () => ({ issuer, jwks_uri: jwksUrl, ...announced }),
  };
  const server = await startProviderServer(paths, (part) => documents[part]());
  const issuer = `${server.origin}${path}`;
  const jwksUrl = `${server.origin}${paths.keys}`;

  return {
    issuer,
    audience,
    jwksUrl,
    movedJwksUrl: `${server.origin}${MOVED_JWKS_PATH}`,
    discoveryUrl: `${server.origin}${paths.discovery}`,
    get fetches() {
      return server.asked.keys;
    },
    get discoveries() {
      return server.asked.discovery;
    },
    get jwks() {
      return keySetOf(published);
    },
    token(claims = {}, { header, key = current } = {}) {
      const iat = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, aud: audience, sub: 'test-user', sessionId: 'test-session' };
      return key.sign({ ...usual, iat, exp: iat + TOKEN_SECONDS, ...claims }, header);
    },
    sign: (payload, header) => current.sign(payload, header),
    async rotate({ keepOld = false } = {}) {
      current = await createSigningKey(algorithm);
      published = keepOld ? [current, ...published] : [current];
    },
    behave: (mode, part = 'everything') => server.behave(mode, part),
    announce(members) {
      announced = members;
    },
    close: () => server.close(),
  };
}
