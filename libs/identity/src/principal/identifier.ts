import { type OnFailure, TokenError } from '../verify/token-error.ts';
import type { Claims } from '../verify/types.ts';

/** No control characters, lone surrogates, or line and paragraph separators. */
const IDENTIFIER = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u;
const PRINTABLE = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/**
 * The identifier in the value of a claim, or null if the claim is absent. Whole numbers count as strings.
 * @param check the check that fails if the value isn't an identifier
 */
export function identifierOf(
  value: unknown,
  name: string,
  check: 'session' | 'user',
  onFailure: OnFailure,
): string | null {
  if (value === undefined) return null;
  const identifier = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof identifier === 'string' && IDENTIFIER.test(identifier)) return identifier;
  onFailure(new TokenError(check, { claim: name }));
  return null;
}

/**
 * A claim by its literal name; undefined if it is absent or null.
 * @param nested whether `a.b` also names the member `b` of the claim `a`, where no claim has that literal name
 */
export function claimOf(claims: Claims, name: string, nested = false): unknown {
  const claim = memberOf(claims, name);
  return claim === undefined && nested ? name.split('.').reduce(memberOf, claims) : claim;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name] ?? undefined;
}

/** Whether a value is there to name something: a string that is not blank, or a whole number. */
export function isName(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() !== '' : Number.isSafeInteger(value);
}

/** Whether a value can name an operator in the audit log: 1 to 256 characters, without control characters. */
export function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && PRINTABLE.test(value);
}
