import type { IssuerKeys } from '../issuers/types.ts';
import { discoverJwksUrl } from './discovery.ts';
import { FetchError, fetchJsonObject } from './fetch-json.ts';
import { type KeySet, usableKeysOf } from './key-set.ts';

/** Fetches the keys of an issuer as they are now, at least one. It throws `FetchError` where that fails. */
export type KeySource = () => Promise<KeySet>;

/** Where keys are that have to be fetched. */
export type RemoteKeys = Exclude<IssuerKeys, { readonly jwks: KeySet }>;

const MAX_KEYS = 100;
/** How long a JWKS URL is used before the discovery document is asked for it again: an issuer may move its keys. */
const DISCOVERED_MS = 3_600_000;

/** Makes the source of an issuer's keys. A JWKS URL that was discovered is kept for an hour, or until it fails. */
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

async function fetchUsableKeys(jwksUrl: string): Promise<KeySet> {
  const usable = usableKeysOf(await fetchKeySet(jwksUrl));
  if (usable.keys.length === 0) throw new FetchError('the JWK set has no usable public key');
  return usable;
}

/**
 * Fetches a JWK set as it is, but for more keys than anybody needs.
 * @throws {FetchError}
 */
export async function fetchKeySet(jwksUrl: string): Promise<KeySet> {
  const { keys } = await fetchJsonObject(jwksUrl, 'the JWK set');
  if (!Array.isArray(keys) || keys.length === 0) throw new FetchError('the JWK set is without a key');
  return { keys: keys.slice(0, MAX_KEYS) };
}
