import { decodeJwt } from 'jose';
import type { Claims } from './types.ts';

/** The longest accepted token by default, in bytes: tokens that list 200 groups are 8 to 12 KiB long. */
export const DEFAULT_MAX_TOKEN_BYTES = 16 * 1024;

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1), or null if there isn't one. */
export function bearerTokenOf(authorization: string | undefined): string | null {
  return authorization?.match(BEARER)?.[1] ?? null;
}

/** Whether a token has the form of a signed JWT: three parts in base64url. */
export function isCompact(token: string): boolean {
  return COMPACT_JWS.test(token);
}

/** The claims of a JWT, not verified; undefined if they cannot be decoded. */
export function unverifiedClaimsOf(token: string): Claims | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** The issuer (`iss`) that a JWT names, not verified. */
export function unverifiedIssuerOf(token: string): string | undefined {
  const iss: unknown = unverifiedClaimsOf(token)?.iss;
  return typeof iss === 'string' ? iss : undefined;
}
