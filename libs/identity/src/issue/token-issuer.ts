import { createPrivateKey } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { KeySet } from '../keys/key-set.ts';
import { publicPartOf, type SigningKey } from './signing-key.ts';

export interface TokenIssuerOptions {
  /** The `iss` of the tokens. */
  readonly issuer: string;
  /** The `aud` of the tokens. */
  readonly audience: string;
  readonly key: SigningKey;
}

export interface TokenIssuer {
  /** A JWT with these claims, issued now. */
  sign(claims: JWTPayload, options: { readonly ttlSeconds: number }): Promise<string>;
  /** The public keys to verify the tokens with. */
  jwks(): KeySet;
}

/** Signs tokens with ES256. */
export function createTokenIssuer({ issuer, audience, key }: TokenIssuerOptions): TokenIssuer {
  const { kid, alg, kty, crv, x, y, d } = key;
  const privateKey = createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' });
  return {
    sign(claims, { ttlSeconds }) {
      const issuedAt = Math.floor(Date.now() / 1000);
      return new SignJWT(claims)
        .setProtectedHeader({ alg, typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(privateKey);
    },
    jwks: () => ({ keys: [publicPartOf(key)] }),
  };
}
