import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';

/** A JWK set (RFC 7517). */
export type KeySet = JSONWebKeySet;

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

function requirePublicKey(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null) throw new KeyError(`${name} is not an object`);
  if ('d' in value || 'k' in value)
    throw new KeyError(`${name} is a private or symmetric key; only public ones belong here`);
  try {
    createPublicKey({ key: value as JsonWebKey, format: 'jwk' });
  } catch (cause) {
    throw new KeyError(`${name} is not a public key as a JWK`, { cause });
  }
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
