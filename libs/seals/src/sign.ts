import { Buffer } from 'node:buffer';
import { createPrivateKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { digestOf } from '@admit-one/core';
import { CompactSign, compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { Seal } from './seal.ts';

/** A public key for Ed25519 (RFC 8037) as a JWK, whose `kid` is its thumbprint (RFC 7638). */
export interface SealKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly kid: string;
}

/** A private key for Ed25519. It is a secret. */
export interface SealSigningKey extends SealKey {
  readonly d: string;
}

/** A seal with its signature: a JWS in the compact form (RFC 7515) whose payload is the seal as JSON. */
export interface SignedSeal {
  readonly seal: Seal;
  readonly kid: string;
  readonly jws: string;
}

/** A seal that is not what a key has signed, or a text that is no key. */
export class SealError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SealError';
  }
}

export function generateSealSigningKey(): SealSigningKey {
  return signingKeyOf(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
}

/** Parses a private JWK for Ed25519. A `kid` in it is replaced by the thumbprint. @throws {SealError} */
export function parseSealSigningKey(json: string): SealSigningKey {
  try {
    // An "x" that is not of "d" is replaced.
    return signingKeyOf(
      createPrivateKey({ key: JSON.parse(json) as JsonWebKey, format: 'jwk' }).export({ format: 'jwk' }),
    );
  } catch (error) {
    throw new SealError('is no private key for Ed25519 as a JWK (kty OKP, crv Ed25519, with x and d)', {
      cause: error,
    });
  }
}

/** A signing key without its private part. */
export function publicSealKeyOf({ d: _, ...key }: SealSigningKey): SealKey {
  return key;
}

export async function signSeal(seal: Seal, key: SealSigningKey): Promise<SignedSeal> {
  const { alg, kid } = key;
  const jws = await new CompactSign(Buffer.from(JSON.stringify(seal)))
    .setProtectedHeader({ alg, kid, typ: TYPE })
    .sign(createPrivateKey({ key: { ...key }, format: 'jwk' }));
  return { seal, kid, jws };
}

/** Verifies a signature with one of the keys. @throws {SealError} */
export async function verifySeal(
  jws: string,
  keys: { readonly keys: readonly object[] },
): Promise<SignedSeal> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      createLocalJWKSet(keys as unknown as JSONWebKeySet),
      { algorithms: ['EdDSA'] },
    );
    if (protectedHeader.typ !== TYPE) throw new SealError(`its type is not ${TYPE}`);
    const seal = JSON.parse(Buffer.from(payload).toString()) as Seal;
    return { seal, kid: String(protectedHeader.kid), jws };
  } catch (error) {
    if (error instanceof SealError) throw error;
    if (error instanceof errors.JWKSNoMatchingKey)
      throw new SealError('none of the keys has signed it', { cause: error });
    if (error instanceof errors.JOSEError)
      throw new SealError(`its signature is not valid (${error.message})`, { cause: error });
    throw error;
  }
}

/** The `typ` of the JWS: nothing else that the key may sign passes for a seal. */
const TYPE = 'admit-seal+jws';

function signingKeyOf({ crv, x, d }: JsonWebKey): SealSigningKey {
  if (crv !== 'Ed25519') throw new SealError('is not a key for Ed25519');
  const key = { crv, kty: 'OKP', x: String(x) } as const;
  const kid = digestOf(JSON.stringify(key));
  return { ...key, d: String(d), alg: 'EdDSA', use: 'sig', kid };
}
