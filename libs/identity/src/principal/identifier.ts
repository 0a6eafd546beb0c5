import { type OnFailure, TokenError } from '../verify/token-error.ts';
import type { Claims } from '../verify/types.ts';

/** No control characters, lone surrogates, or line and paragraph separators. */
const IDENTIFIER = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u;
const PRINTABLE = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/**
 * The identifier in a claim, or null if the claim is absent. Whole numbers count as strings, null as absent.
 * @param check the check that fails if the value isn't an identifier
 */
export function identifierOf(
  claims: Claims,
  name: string,
  check: 'session' | 'user',
  onFailure: OnFailure,
): string | null {
  const value = claimOf(claims, name);
  if (value === undefined) return null;
  const identifier = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof identifier === 'string' && IDENTIFIER.test(identifier)) return identifier;
  onFailure(new TokenError(check, { claim: name }));
  return null;
}

/** A claim by its literal name; undefined if it is absent or null. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined;
}

/** Whether a value can name an operator in the audit log: 1 to 256 characters, without control characters. */
export function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && PRINTABLE.test(value);
}
