import { decodeJwt, type JWTPayload } from 'jose';
import { tokenErrorOf } from './jose-errors.ts';
import { TokenError } from './token-error.ts';

/** The longest token that is looked at, in bytes. */
export const MAX_TOKEN_BYTES = 8 * 1024;

const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Whether a token has the form of a signed JWT: three parts in base64url. */
export function isCompact(token: string): boolean {
  return COMPACT_JWS.test(token);
}

/**
 * Reads the claims of a JWT that nobody has verified yet.
 * @throws {TokenError} `size` or `form`
 */
export function unverifiedClaimsOf(token: string): Readonly<JWTPayload> {
  if (token.length > MAX_TOKEN_BYTES) throw new TokenError('size');
  if (!isCompact(token)) throw new TokenError('form');
  try {
    return decodeJwt(token);
  } catch (error) {
    throw tokenErrorOf(error);
  }
}

/** The issuer that a JWT names, if it names one; nobody has verified that. */
export function unverifiedIssuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}
