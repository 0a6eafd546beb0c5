import type { ClaimValue } from '../issuers/types.ts';
import type { Claims } from '../verify/types.ts';

/** The claims whose text is a list of words (RFC 9068; `scp` as Entra and Okta write it). */
const SCOPE_CLAIMS = ['scope', 'scp'];

/** Whether a token has a value in a claim: as the whole, as an element of a list, or as a word of its scope. */
export function hasClaimValue(claims: Claims, { claim, value }: ClaimValue): boolean {
  const values = valuesAt(claims, claim);
  return SCOPE_CLAIMS.includes(claim)
    ? values.some((text) => typeof text === 'string' && text.split(' ').includes(value))
    : values.includes(value);
}

/**
 * The value of a claim, or the elements of its list. Names of claims may hold dots (`https://example.com/roles`), and so may
 * paths to them (`realm_access.roles`).
 */
export function valuesAt(claims: Claims, name: string): readonly unknown[] {
  const value = Object.hasOwn(claims, name)
    ? claims[name]
    : name.split('.').reduce<unknown>(memberOf, claims);
  return [value].flat();
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
}
