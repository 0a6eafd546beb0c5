import { type CompactJWSHeaderParameters, type CryptoKey, createLocalJWKSet, errors, type JWK } from 'jose';
import { isSignatureAlgorithm } from '../issuers/signature-algorithms.ts';
import { isFor, type KeySet } from './key-set.ts';

/** How many keys are tried for a token whose header fits several. It bounds the cost of a bad token. */
export const MAX_TRIED_KEYS = 8;

/** A key of an issuer that verifies signatures. */
export interface IssuerKey {
  readonly key: CryptoKey;
  /** Null where its JWK has none. */
  readonly kid: string | null;
}

/**
 * The keys that fit a token by the `kid` and `alg` of its header, one more than `MAX_TRIED_KEYS` at most. `jku`, `x5u`, `x5c`
 * and `jwk` are ignored.
 */
export type ChooseKeys = (header: CompactJWSHeaderParameters) => Promise<readonly IssuerKey[]>;

/**
 * Chooses among usable keys. The function throws `JWKSNoMatchingKey` if no key fits.
 * @param keySet as `sortKeys` returns it
 */
export function createChooseKeys({ keys }: KeySet): ChooseKeys {
  const candidates = keys.map(verificationKeyOf).map((jwk) => ({
    jwk,
    kid: jwk.kid ?? null,
    choose: createLocalJWKSet({ keys: [jwk] }),
  }));
  return async (header) => {
    const { alg, kid } = header;
    const fitting: IssuerKey[] = [];
    let failure: unknown = new errors.JWKSNoMatchingKey();
    for (const candidate of candidates) {
      if (typeof kid === 'string' && kid !== candidate.kid) continue;
      if (!isSignatureAlgorithm(alg) || !isFor(candidate.jwk, alg)) continue;
      try {
        fitting.push({ key: await candidate.choose(header), kid: candidate.kid });
      } catch (error) {
        failure = error;
      }
      if (fitting.length > MAX_TRIED_KEYS) break;
    }
    if (fitting.length === 0) throw failure;
    return fitting;
  };
}

const MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg'] as const;

/** The members that count here. EdDSA and Ed25519 name one algorithm (RFC 9864, section 2.2), so `alg` does not tell them apart. */
function verificationKeyOf(key: JWK): JWK {
  const counting = MEMBERS.filter((name) => typeof key[name] === 'string');
  const members = counting.filter((name) => name !== 'alg' || key.kty !== 'OKP');
  return Object.fromEntries(members.map((name) => [name, key[name]])) as JWK;
}
