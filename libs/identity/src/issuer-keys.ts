import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { IssuerKeys } from './issuer-config.ts';
import { createRemoteKeys } from './remote-keys.ts';
import { TokenError } from './token-error.ts';

/**
 * Finds the key of a token by its `kid` and `alg`. `jku`, `x5u`, `x5c` and `jwk` of the header are never looked at.
 * The function throws `TokenError`: `key` where none fits, `keys` where that cannot be known.
 */
export function createIssuerKeys(keys: IssuerKeys): JWTVerifyGetKey {
  if ('discoveryUrl' in keys) throw new TypeError('Keys are not looked up by discovery');
  const find = 'jwks' in keys ? createLocalJWKSet(keys.jwks) : createRemoteKeys(keys.jwksUrl);
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (cause) {
      const noneFits =
        cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys;
      throw new TokenError(noneFits ? 'key' : 'keys', { cause });
    }
  };
}
