import type { Principal } from '@admit-one/core';
import { attributesOf } from './attributes.ts';
import { identifierOf } from './identifier.ts';
import { sessionOf } from './session.ts';
import type { VerifiedToken } from './token-verifier.ts';

/** How session, user and attributes are read from a token. */
export interface PrincipalRule {
  /** Claim names, taken literally; the first that is present names the session. */
  readonly sessionClaims: readonly string[];
  /** What to do where none is: make the session from issuer, `sub` and `auth_time`, or refuse. */
  readonly sessionPolicy: 'derive' | 'require';
  /** The claim that names the user. */
  readonly userClaim: string;
  /** Names of the claims that are passed on with every connection and recorded, taken literally. */
  readonly attributeClaims: readonly string[];
}

export type PrincipalResult =
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** The token names no session; `claimNames` are claims that it does have, 32 at most, cut to 64 characters. */
  | { readonly kind: 'no_session'; readonly claimNames: readonly string[] };

/** Names in other characters could pass for something else in a log or a header. */
const PLAIN_NAME = /^[\x21-\x7e]+$/;
const MAX_CLAIM_NAMES = 32;
const MAX_CLAIM_NAME = 64;

/**
 * Reads from a token for whom it speaks. Whole numbers count as strings, null as absent.
 * @throws {TokenError} `session` or `user` where the claim is there but is no identifier
 */
export function principalOf(token: VerifiedToken, rule: PrincipalRule): PrincipalResult {
  const session = sessionOf(token, rule);
  if (!session) return { kind: 'no_session', claimNames: claimNamesOf(token) };
  const principal: Principal = {
    issuer: token.issuer.alias,
    ...session,
    user: identifierOf(token, rule.userClaim, 'user'),
    tokenIssuedAt: Math.floor(token.issuedAt),
    kid: token.kid,
    attributes: attributesOf(token.claims, rule.attributeClaims),
  };
  return { kind: 'principal', principal };
}

/** Names of claims that a token has, 32 at most, cut to 64 characters. */
export function claimNamesOf({ claims }: Pick<VerifiedToken, 'claims'>): readonly string[] {
  return Object.keys(claims)
    .filter((name) => PLAIN_NAME.test(name))
    .slice(0, MAX_CLAIM_NAMES)
    .map((name) => name.slice(0, MAX_CLAIM_NAME));
}
