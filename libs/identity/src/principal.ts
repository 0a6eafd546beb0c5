import { createHash } from 'node:crypto';
import type { Principal } from '@admit-one/core';
import { attributesOf } from './attributes.ts';
import { TokenError } from './token-error.ts';
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

const IDENTIFIER = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
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
    attributes: attributesOf(token.claims, rule.attributeClaims),
  };
  return { kind: 'principal', principal };
}

function sessionOf(
  token: VerifiedToken,
  { sessionClaims, sessionPolicy }: PrincipalRule,
): Pick<Principal, 'session' | 'sessionFrom'> | undefined {
  for (const name of sessionClaims) {
    const session = identifierOf(token, name, 'session');
    if (session !== null) return { session, sessionFrom: name };
  }
  if (sessionPolicy === 'require' || claimOf(token, 'sub') === undefined) return undefined;
  return { session: derivedSessionOf(token), sessionFrom: 'derived' };
}

/** The same for every token of one login: `auth_time` stays, where `jti` and `iat` change on refresh. */
function derivedSessionOf(token: VerifiedToken): string {
  const login = [
    token.issuer.issuer,
    identifierOf(token, 'sub', 'session'),
    claimOf(token, 'auth_time') ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(login)).digest('base64url');
}

function identifierOf(token: VerifiedToken, name: string, check: 'session' | 'user'): string | null {
  const value = claimOf(token, name);
  if (value === undefined) return null;
  const identifier = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof identifier !== 'string' || !IDENTIFIER.test(identifier))
    throw new TokenError(check, { claim: name });
  return identifier;
}

function claimOf({ claims }: VerifiedToken, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined;
}

function claimNamesOf({ claims }: VerifiedToken): readonly string[] {
  return Object.keys(claims)
    .filter((name) => PLAIN_NAME.test(name))
    .slice(0, MAX_CLAIM_NAMES)
    .map((name) => name.slice(0, MAX_CLAIM_NAME));
}
