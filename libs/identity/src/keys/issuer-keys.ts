import { type CompactVerifyGetKey, createLocalJWKSet, errors } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';
import { TokenError } from '../verify/token-error.ts';
import { createJwksCache, type OutageListener } from './jwks-cache.ts';
import { usableKeysOf } from './key-set.ts';
import { createKeySource } from './key-source.ts';

/**
 * Finds the key of a token by the `kid` and `alg` of its header; `jku`, `x5u`, `x5c` and `jwk` are ignored.
 * The function throws `TokenError`: `key` if no key fits, `kid` if several do, `keys` if the keys cannot be fetched.
 */
export function createIssuerKeys(
  { issuer, keys }: IssuerConfig,
  outages: OutageListener,
): CompactVerifyGetKey {
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
