import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';
import { TokenError } from '../verify/token-error.ts';
import { createJwksCache, type OutageListener } from './jwks-cache.ts';
import { usableKeysOf } from './key-set.ts';
import { createKeySource } from './key-source.ts';

/**
 * Finds the key of a token by its `kid` and `alg`. `jku`, `x5u`, `x5c` and `jwk` of the header are never looked at.
 * The function throws `TokenError`: `key` or `kid` where not just one fits, `keys` where that cannot be known.
 */
export function createIssuerKeys({ issuer, keys }: IssuerConfig, outages: OutageListener): JWTVerifyGetKey {
  const find =
    'jwks' in keys
      ? createLocalJWKSet(usableKeysOf(keys.jwks))
      : createJwksCache(createKeySource(keys, issuer), outages);
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      throw keyErrorOf(error);
    }
  };
}

function keyErrorOf(error: unknown): TokenError {
  if (error instanceof TokenError) return error;
  if (error instanceof errors.JWKSNoMatchingKey) return new TokenError('key');
  if (error instanceof errors.JWKSMultipleMatchingKeys) return new TokenError('kid');
  return new TokenError('keys', { cause: error });
}
