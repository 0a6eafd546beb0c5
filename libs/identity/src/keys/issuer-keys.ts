import { errors } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';
import { TokenError } from '../verify/token-error.ts';
import { type ChooseKeys, createChooseKeys } from './choose-keys.ts';
import { createJwksCache, type KeysListener } from './jwks-cache.ts';
import { type KeySet, sortKeys } from './key-set.ts';
import { createKeySource } from './key-source.ts';

/**
 * Finds the keys that fit a token. The function throws `TokenError`: `key` if no key fits, `keys` if the keys cannot be
 * fetched.
 */
export function createIssuerKeys({ issuer, keys }: IssuerConfig, listener: KeysListener): ChooseKeys {
  const choose =
    'jwks' in keys
      ? chooseAmong(keys.jwks, listener)
      : createJwksCache(createKeySource(keys, issuer), listener);
  return async (header) => {
    try {
      return await choose(header);
    } catch (error) {
      throw keyErrorOf(error);
    }
  };
}

function chooseAmong(jwks: KeySet, listener: KeysListener): ChooseKeys {
  const { usable, ignored } = sortKeys(jwks);
  if (ignored.length > 0) listener.onIgnored(ignored);
  return createChooseKeys(usable);
}

function keyErrorOf(error: unknown): TokenError {
  if (error instanceof TokenError) return error;
  if (error instanceof errors.JWKSNoMatchingKey) return new TokenError('key');
  return new TokenError('keys', { cause: error });
}
