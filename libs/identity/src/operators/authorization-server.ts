import type { IssuerConfig } from '../issuers/types.ts';
import { discoveryUrlOf } from '../issuers/types.ts';
import { FetchError, isFetchableUrl, isTamperable } from '../keys/fetch-json.ts';
import { fetchDiscovery } from '../keys/key-source.ts';

/** Where an issuer signs people in, by the names of its discovery document (OpenID Connect Discovery 1.0, RFC 8414). */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint?: string;
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly id_token_signing_alg_values_supported?: string[];
}

/**
 * Discovers where an issuer signs people in.
 * @throws {FetchError} where it says so for no code flow, or by endpoints that can be changed in transit
 */
export async function discoverAuthorizationServer({
  issuer,
  keys,
}: Pick<IssuerConfig, 'issuer' | 'keys'>): Promise<AuthorizationServer> {
  const url = 'discoveryUrl' in keys ? keys.discoveryUrl : discoveryUrlOf(issuer);
  const document = await fetchDiscovery(url, issuer);
  const { authorization_endpoint, token_endpoint, end_session_endpoint } = document;
  const { id_token_signing_alg_values_supported: algorithms } = document;
  if (!isEndpoint(authorization_endpoint) || !isEndpoint(token_endpoint))
    throw new FetchError(
      'the discovery document has no authorization_endpoint and token_endpoint that are https URLs',
    );
  return {
    issuer,
    authorization_endpoint,
    token_endpoint,
    ...(isEndpoint(end_session_endpoint) && { end_session_endpoint }),
    ...(document.authorization_response_iss_parameter_supported === true && {
      authorization_response_iss_parameter_supported: true,
    }),
    ...(Array.isArray(algorithms) && {
      id_token_signing_alg_values_supported: algorithms.filter((name) => typeof name === 'string'),
    }),
  };
}

/** https, or http on this machine. */
function isEndpoint(value: unknown): value is string {
  return typeof value === 'string' && isFetchableUrl(value) && !isTamperable(value);
}
