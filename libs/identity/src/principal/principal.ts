import { createHash } from 'node:crypto';
import type { Principal } from '@admit-one/core';
import type { PrincipalRule } from '../issuers/types.ts';
import { type OnFailure, reject } from '../verify/token-error.ts';
import type { Claims, VerifiedToken } from '../verify/types.ts';
import { attributesOf } from './attributes.ts';
import { hasClaimValue } from './claim-values.ts';
import { claimOf, identifierOf, isName } from './identifier.ts';

export type PrincipalResult =
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** The token names no session; `claimNames` as `claimNamesOf` returns them. */
  | { readonly kind: 'no_session'; readonly claimNames: readonly string[] };

/** Other characters could pass for something else in a log or a header. */
const PLAIN_NAME = /^[\x21-\x7e]+$/;
const MAX_CLAIM_NAMES = 32;
const MAX_CLAIM_NAME = 64;

/**
 * The principal of a token.
 * @throws {TokenError} `session` or `user` if the claim is present but isn't an identifier
 */
export function principalOf(token: VerifiedToken, rule: PrincipalRule): PrincipalResult {
  const { issuer, claims, issuedAt, expiresAt } = token;
  const { userClaim, attributeClaims, nestedClaims, syntheticClaim } = rule;
  const session = sessionOf(claims, issuer.issuer, rule, reject);
  if (!session) return { kind: 'no_session', claimNames: claimNamesOf(claims) };
  const principal: Principal = {
    issuer: issuer.alias,
    ...session,
    user: identifierOf(claimOf(claims, userClaim, nestedClaims), userClaim, 'user', reject),
    tokenIssuedAt: Math.floor(issuedAt),
    tokenExpiresAt: Math.floor(expiresAt),
    kid: token.kid,
    attributes: attributesOf(claims, attributeClaims, nestedClaims),
    ...(syntheticClaim && hasClaimValue(claims, syntheticClaim) && { synthetic: true }),
  };
  return { kind: 'principal', principal };
}

/**
 * The session of a token, and the claim that names it; undefined if the token names none. A claim that is blank, or neither
 * a string nor a whole number, names nothing. The check `session` fails if the first one that does isn't an identifier.
 */
export function sessionOf(
  claims: Claims,
  issuer: string,
  { sessionClaims, sessionPolicy, nestedClaims }: Omit<PrincipalRule, 'userClaim' | 'attributeClaims'>,
  onFailure: OnFailure,
): Pick<Principal, 'session' | 'sessionFrom'> | undefined {
  for (const name of sessionClaims) {
    const value = claimOf(claims, name, nestedClaims);
    const session = isName(value) ? identifierOf(value, name, 'session', onFailure) : null;
    if (session !== null) return { session, sessionFrom: name };
  }
  const subject = claimOf(claims, 'sub');
  if (sessionPolicy === 'require' || subject === undefined) return undefined;
  // The same for every token of one login: `auth_time` stays, where `jti` and `iat` change on refresh.
  const user = identifierOf(subject, 'sub', 'session', onFailure);
  const login = [issuer, user, claimOf(claims, 'auth_time') ?? null];
  const session = createHash('sha256').update(JSON.stringify(login)).digest('base64url');
  return { session, sessionFrom: 'derived' };
}

/** The names of a token's claims: the first 32, cut to 64 characters, of printable ASCII only. */
export function claimNamesOf(claims: Claims): readonly string[] {
  return Object.keys(claims)
    .filter((name) => PLAIN_NAME.test(name))
    .slice(0, MAX_CLAIM_NAMES)
    .map((name) => name.slice(0, MAX_CLAIM_NAME));
}
