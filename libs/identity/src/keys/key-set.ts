import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { shown } from '../explain/words.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../issuers/signature-algorithms.ts';
import { isMembers } from '../members.ts';

/** A JWK set (RFC 7517). Its members may be of any kind: an issuer also publishes keys for other purposes. */
export type KeySet = JSONWebKeySet;

/** RFC 7518, section 3.3. */
const MIN_RSA_BITS = 2_048;

/** A key, or a set of them, that cannot be used; the message says why and shows nothing of it. */
export class KeyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyError';
  }
}

/** The members of a JWK set, by whether they can verify a signature. */
export interface SortedKeys {
  readonly usable: KeySet;
  /** A clause for each of the others that names it and says why it is ignored. It shows nothing of the key but its `kid`. */
  readonly ignored: readonly string[];
}

const MAX_SHOWN = 3;

/**
 * Reads a JWK set with at least one usable key. The others are kept, to be reported where the set is used, and ignored
 * (RFC 7517, section 5).
 * @throws {KeyError}
 */
export function parseKeySet(json: string): KeySet {
  const keys = parseJsonObject(json).keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new KeyError('has no array "keys" with a key in it');
  const { usable, ignored } = sortKeys({ keys });
  if (usable.keys.length > 0) return { keys };
  const more = ignored.length > MAX_SHOWN ? ` and ${ignored.length - MAX_SHOWN} more` : '';
  throw new KeyError(`has no usable key: ${ignored.slice(0, MAX_SHOWN).join(', ')}${more}`);
}

/** Separates the keys that can verify signatures from all other members. */
export function sortKeys({ keys }: KeySet): SortedKeys {
  const issues = keys.map(issueOf);
  return {
    usable: { keys: keys.filter((_, index) => issues[index] === undefined) },
    ignored: issues.flatMap((issue, index) =>
      issue === undefined ? [] : [`keys[${index}]${kidOf(keys[index])} ${issue}`],
    ),
  };
}

function kidOf(key: JWK | undefined): string {
  return isMembers(key) && typeof key.kid === 'string' ? ` (kid ${shown(key.kid)})` : '';
}

/** Whether a usable key is for an algorithm: by its type, its curve, and its `alg` if it has one. */
export function isFor(key: JWK, algorithm: SignatureAlgorithm): boolean {
  if (!algorithmsFor(key).includes(algorithm)) return false;
  return !isGiven(key.alg) || key.kty === 'OKP' || key.alg === algorithm;
}

/** The algorithms whose signatures a key of this type and curve can verify. */
function algorithmsFor({ kty, crv }: JWK): readonly SignatureAlgorithm[] {
  if (kty === 'RSA') return signatureAlgorithms.filter((algorithm) => /^[RP]S/.test(algorithm));
  return signatureAlgorithms.filter((algorithm) => CURVES[algorithm] === `${kty} ${crv}`);
}

const CURVES: Readonly<Partial<Record<SignatureAlgorithm, string>>> = {
  ES256: 'EC P-256',
  ES384: 'EC P-384',
  ES512: 'EC P-521',
  EdDSA: 'OKP Ed25519',
  Ed25519: 'OKP Ed25519',
};

const PRIVATE_MEMBERS = ['d', 'k', 'priv'];

/** Why a member of a set cannot verify signatures; undefined if it can. Null counts as absent. */
function issueOf(value: unknown): string | undefined {
  if (!isMembers(value)) return 'is not an object';
  if (PRIVATE_MEMBERS.some((name) => name in value))
    return 'is a private or symmetric key; only public ones belong here';
  const { kty, crv, use, key_ops: operations, alg } = value;
  const algorithms: readonly unknown[] = algorithmsFor(value as JWK);
  if (algorithms.length === 0)
    return `is of a type that no supported algorithm uses (${crv === undefined ? `kty ${shown(kty)}` : `kty ${shown(kty)}, crv ${shown(crv)}`})`;
  if (isGiven(use) && use !== 'sig') return `is not for signatures (use ${shown(use)})`;
  if (isGiven(operations) && !(Array.isArray(operations) && operations.includes('verify')))
    return `is not for verifying signatures (key_ops ${shown(operations)})`;
  if (isGiven(alg) && !algorithms.includes(alg))
    return `is for another algorithm (alg ${shown(alg)}) than its type fits: ${algorithms.join(', ')}`;
  return keyIssueOf(value);
}

function keyIssueOf(value: object): string | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: value as JsonWebKey, format: 'jwk' });
  } catch {
    return 'is not a public key as a JWK';
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
  return bits < MIN_RSA_BITS ? `is an RSA key of ${bits} bits, fewer than ${MIN_RSA_BITS}` : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/**
 * Parses a JSON object. A byte order mark before it is ignored (RFC 8259, section 8.1).
 * @throws {KeyError}
 */
export function parseJsonObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    // Also removes a byte order mark.
    value = JSON.parse(json.trim());
  } catch {
    throw new KeyError('is not JSON');
  }
  if (!isMembers(value)) throw new KeyError('is not a JSON object');
  return value;
}
