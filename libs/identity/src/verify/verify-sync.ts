import { KeyObject, verify } from 'node:crypto';
import type { CryptoKey } from 'jose';

/**
 * The algorithms whose signatures are verified on the event loop, which they block for some 75 and 25 µs: WebCrypto, which
 * jose verifies with in another thread, takes almost three times the CPU time. The larger curves take a millisecond.
 */
const SYNCHRONOUS: readonly string[] = ['ES256', 'RS256'];

export function isVerifiedSync(algorithm: string): boolean {
  return SYNCHRONOUS.includes(algorithm);
}

/** jose keeps the keys of a set, and so does this what is made of them. */
const keyObjects = new WeakMap<CryptoKey, KeyObject>();

/** Whether a compact JWS is signed by a key with one of those algorithms (RFC 7518, sections 3.3 and 3.4). */
export function isSignedWith(token: string, cryptoKey: CryptoKey): boolean {
  const end = token.lastIndexOf('.');
  const key = keyObjects.get(cryptoKey) ?? KeyObject.from(cryptoKey);
  keyObjects.set(cryptoKey, key);
  return verify(
    'sha256',
    Buffer.from(token.slice(0, end)),
    // Of the two, RSA has no encodings of a signature.
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(token.slice(end + 1), 'base64url'),
  );
}
