import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';

/** A JWK set (RFC 7517). */
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

/**
 * Reads a JWK set (RFC 7517, section 5) of public keys.
 * @throws {KeyError}
 */
export function parseKeySet(json: string): KeySet {
  const keys = parseJsonObject(json).keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new KeyError('has no array "keys" with a key in it');
  for (const [index, key] of keys.entries()) requirePublicKey(key, `keys[${index}]`);
  return { keys };
}

/** The keys of a set that a signature can be verified with. */
export function usableKeysOf({ keys }: KeySet): KeySet {
  return { keys: keys.filter(isPublicKey) };
}

function isPublicKey(value: unknown): boolean {
  try {
    requirePublicKey(value, 'key');
    return true;
  } catch (error) {
    if (error instanceof KeyError) return false;
    throw error;
  }
}

function requirePublicKey(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null) throw new KeyError(`${name} is not an object`);
  if ('d' in value || 'k' in value)
    throw new KeyError(`${name} is a private or symmetric key; only public ones belong here`);
  let key: KeyObject;
  try {
    key = createPublicKey({ key: value as JsonWebKey, format: 'jwk' });
  } catch (cause) {
    throw new KeyError(`${name} is not a public key as a JWK`, { cause });
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
  if (bits < MIN_RSA_BITS)
    throw new KeyError(`${name} is an RSA key of ${bits} bits, fewer than ${MIN_RSA_BITS}`);
}

/** @throws {KeyError} */
export function parseJsonObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new KeyError('is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new KeyError('is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}
