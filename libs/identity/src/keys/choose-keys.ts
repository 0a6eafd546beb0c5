import { type CompactJWSHeaderParameters, type CryptoKey, createLocalJWKSet, errors, type JWK } from 'jose';
import type { KeySet } from './key-set.ts';

/** How many keys are tried for a token whose header fits several. It bounds the cost of a bad token. */
export const MAX_TRIED_KEYS = 8;

/**
 * The keys that fit a token by the `kid` and `alg` of its header, one more than `MAX_TRIED_KEYS` at most. `jku`, `x5u`, `x5c`
 * and `jwk` are ignored.
 */
export type ChooseKeys = (header: CompactJWSHeaderParameters) => Promise<readonly CryptoKey[]>;

/**
 * Chooses among usable keys. The function throws `JWKSNoMatchingKey` if no key fits.
 * @param keySet as `sortKeys` returns it
 */
export function createChooseKeys({ keys }: KeySet): ChooseKeys {
  const choose = createLocalJWKSet({ keys: keys.map(verificationKeyOf) });
  return async (header) => {
    try {
      return [await choose(header)];
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return firstOf(error);
    }
  };
}

async function firstOf(keys: AsyncIterable<CryptoKey>): Promise<readonly CryptoKey[]> {
  const first: CryptoKey[] = [];
  for await (const key of keys) if (first.push(key) > MAX_TRIED_KEYS) break;
  return first;
}

const MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg'] as const;

/** The members that count here. EdDSA and Ed25519 name one algorithm (RFC 9864, section 2.2), so `alg` does not tell them apart. */
function verificationKeyOf(key: JWK): JWK {
  const counting = MEMBERS.filter((name) => typeof key[name] === 'string');
  const members = counting.filter((name) => name !== 'alg' || key.kty !== 'OKP');
  return Object.fromEntries(members.map((name) => [name, key[name]])) as JWK;
}
