import type { JWTPayload } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';

/** Claims of a JWT, by their names. */
export type Claims = Readonly<JWTPayload>;

/** A token that passed all checks of its form, issuer, signature, times, type and audience. */
export interface VerifiedToken<Config extends IssuerConfig = IssuerConfig> {
  /** The configured issuer that signed it. */
  readonly issuer: Config;
  /** The `kid` of the key that verified it, also where the token names none. Null where the key has none. */
  readonly kid: string | null;
  /** `iat`, Unix seconds. */
  readonly issuedAt: number;
  /** `exp`, Unix seconds. */
  readonly expiresAt: number;
  readonly claims: Claims;
}
