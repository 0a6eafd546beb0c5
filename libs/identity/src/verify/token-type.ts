import type { JWTPayload } from 'jose';

const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt'];

/**
 * Whether a JWT is of the kind that speaks for somebody. Other kinds may be signed with the same keys: proofs, and what
 * tells of events, as logout tokens do (RFC 8417, section 2.2; OpenID Connect Back-Channel Logout 1.0, section 2.4).
 */
export function isAcceptedType(typ: unknown, claims: Readonly<JWTPayload>): boolean {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  return TYPES.includes(type) && !Object.hasOwn(claims, 'events');
}
