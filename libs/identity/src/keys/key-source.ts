import type { IssuerKeys } from '../issuers/types.ts';
import { FetchError, fetchJsonObject, isFetchableUrl } from './fetch-json.ts';
import { type KeySet, type SortedKeys, sortKeys } from './key-set.ts';

/** Fetches the current keys of an issuer, of which at least one is usable. Throws `FetchError`. */
export type KeySource = () => Promise<SortedKeys>;

export type RemoteKeys = Exclude<IssuerKeys, { readonly jwks: KeySet }>;

const MAX_KEYS = 100;
/** How long a discovered JWKS URL is used: an issuer may move its keys. */
const DISCOVERED_MS = 3_600_000;

/** A discovered JWKS URL is kept for an hour, or until a fetch from it fails. */
export function createKeySource(keys: RemoteKeys, issuer: string): KeySource {
  return 'jwksUrl' in keys
    ? () => fetchUsableKeys(keys.jwksUrl)
    : createDiscoveredSource(keys.discoveryUrl, issuer);
}

function createDiscoveredSource(discoveryUrl: string, issuer: string): KeySource {
  let found: { readonly jwksUrl: string; readonly at: number } | undefined;
  return async () => {
    if (!found || performance.now() - found.at >= DISCOVERED_MS)
      found = { jwksUrl: await discoverJwksUrl(discoveryUrl, issuer), at: performance.now() };
    try {
      return await fetchUsableKeys(found.jwksUrl);
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
}

async function fetchUsableKeys(jwksUrl: string): Promise<SortedKeys> {
  const sorted = sortKeys(await fetchKeySet(jwksUrl));
  if (sorted.usable.keys.length === 0) throw new FetchError('the JWK set has no usable public key');
  return sorted;
}

/**
 * Fetches a JWK set; only its first 100 keys are kept.
 * @throws {FetchError}
 */
export async function fetchKeySet(jwksUrl: string): Promise<KeySet> {
  const { keys } = await fetchJsonObject(jwksUrl, 'the JWK set');
  if (!Array.isArray(keys) || keys.length === 0) throw new FetchError('the JWK set contains no key');
  return { keys: keys.slice(0, MAX_KEYS) };
}

/**
 * The JWKS URL in an issuer's discovery document (OpenID Connect Discovery 1.0, section 4; RFC 8414 has the same members).
 * @throws {FetchError}
 */
export async function discoverJwksUrl(discoveryUrl: string, issuer: string): Promise<string> {
  const { jwks_uri: jwksUrl } = await fetchDiscovery(discoveryUrl, issuer);
  if (typeof jwksUrl !== 'string' || !isFetchableUrl(jwksUrl))
    throw new FetchError(
      'the discovery document has no jwks_uri that is an http(s) URL without user and password',
    );
  return jwksUrl;
}

/**
 * The discovery document of an issuer.
 * @throws {FetchError} also where it is another issuer's
 */
export async function fetchDiscovery(
  discoveryUrl: string,
  issuer: string,
): Promise<Readonly<Record<string, unknown>>> {
  const document = await fetchJsonObject(discoveryUrl, 'the discovery document');
  if (document.issuer === issuer) return document;
  throw new FetchError(`the discovery document names another issuer: ${quote(document.issuer)}`);
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 256)) : 'none';
}
