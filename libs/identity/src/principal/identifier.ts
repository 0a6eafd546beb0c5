import { TokenError } from '../verify/token-error.ts';
import type { VerifiedToken } from '../verify/token-verifier.ts';

/** What names are read from. */
export type ClaimsOfToken = Pick<VerifiedToken, 'claims'>;

/** No control characters, half characters, or what some take for the end of a line. */
const IDENTIFIER = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u;

/**
 * The name that a claim gives, or null where it is absent. Whole numbers count as strings, null as absent.
 * @param check what is refused where the claim is there but names nothing
 * @throws {TokenError}
 */
export function identifierOf(token: ClaimsOfToken, name: string, check: 'session' | 'user'): string | null {
  const value = claimOf(token, name);
  if (value === undefined) return null;
  const identifier = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof identifier !== 'string' || !IDENTIFIER.test(identifier))
    throw new TokenError(check, { claim: name });
  return identifier;
}

/** A claim by its literal name; undefined where it is absent or null. */
export function claimOf({ claims }: ClaimsOfToken, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined;
}
