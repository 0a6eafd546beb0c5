import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { digestOf } from '@admit-one/core';
import { KeyError, parseJsonObject } from '../keys/key-set.ts';

/** A public key for ES256, as a JWK whose `kid` is its thumbprint (RFC 7638). */
export interface VerificationKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
  readonly kid: string;
}

/** A private key for ES256. It is a secret. */
export interface SigningKey extends VerificationKey {
  readonly d: string;
}

export function generateSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return signingKeyOf(privateKey.export({ format: 'jwk' }));
}

/** Node 24 detects this when it imports the key, Node 20 in some cases only when the key is used. */
const NOT_A_PAIR = 'is not a key pair of P-256: "x" and "y" must be a point, "d" its private key';

/**
 * Parses a private JWK for ES256. A `kid` in it is replaced by the thumbprint, so that replicas with this key agree on it.
 * @throws {KeyError}
 */
export function parseSigningKey(json: string): SigningKey {
  const { kty, crv, x, y, d } = parseJsonObject(json);
  if (kty !== 'EC' || crv !== 'P-256') throw new KeyError('is not a key for ES256 (kty EC, crv P-256)');
  for (const [name, value] of Object.entries({ x, y, d }))
    if (typeof value !== 'string' || value === '') throw new KeyError(`has no "${name}"`);
  const key = signingKeyOf({ x, y, d } as JsonWebKey);
  if (!isPair(importPrivate(key), importPublic(key))) throw new KeyError(NOT_A_PAIR);
  return key;
}

/** A signing key without its private part. */
export function publicPartOf({ d: _, ...key }: SigningKey): VerificationKey {
  return key;
}

function signingKeyOf({ x, y, d }: JsonWebKey): SigningKey {
  const curve = { crv: 'P-256', kty: 'EC', x: String(x), y: String(y) } as const;
  const kid = digestOf(JSON.stringify(curve));
  return { ...curve, d: String(d), alg: 'ES256', use: 'sig', kid };
}

function importPrivate({ kty, crv, x, y, d }: SigningKey): KeyObject {
  try {
    return createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' });
  } catch {
    throw new KeyError(NOT_A_PAIR);
  }
}

function importPublic({ kty, crv, x, y }: SigningKey): KeyObject {
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
}

function isPair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const probe = Buffer.from('probe');
  return verify('sha256', probe, publicKey, sign('sha256', probe, privateKey));
}
