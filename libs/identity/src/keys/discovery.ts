import { FetchError, fetchJsonObject } from './fetch-json.ts';
import { isFetchableUrl } from './fetchable-url.ts';

/**
 * Asks an issuer's discovery document where its keys are (OpenID Connect Discovery 1.0, section 4; the metadata of RFC 8414
 * have the same members).
 * @throws {FetchError}
 */
export async function discoverJwksUrl(discoveryUrl: string, issuer: string): Promise<string> {
  const { issuer: named, jwks_uri: jwksUrl } = await fetchJsonObject(discoveryUrl, 'the discovery document');
  if (named !== issuer)
    throw new FetchError(`the discovery document is not of this issuer, but of ${quote(named)}`);
  if (typeof jwksUrl !== 'string' || !isFetchableUrl(jwksUrl))
    throw new FetchError(
      'the discovery document has no jwks_uri that is an http(s) URL without user and password',
    );
  return jwksUrl;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 256)) : 'none';
}
