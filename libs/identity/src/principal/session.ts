import { createHash } from 'node:crypto';
import type { Principal } from '@admit-one/core';
import type { IssuerConfig } from '../issuers/types.ts';
import type { VerifiedToken } from '../verify/token-verifier.ts';
import { claimOf, identifierOf } from './identifier.ts';
import type { PrincipalRule } from './principal.ts';

/** A token, as far as its session is made of it. */
export interface TokenOfSession extends Pick<VerifiedToken, 'claims'> {
  readonly issuer: Pick<IssuerConfig, 'issuer'>;
}

/**
 * The session that a token is of, and where it is from; undefined where it names none.
 * @throws {TokenError} `session` where a claim is there but is no identifier
 */
export function sessionOf(
  token: TokenOfSession,
  { sessionClaims, sessionPolicy }: Pick<PrincipalRule, 'sessionClaims' | 'sessionPolicy'>,
): Pick<Principal, 'session' | 'sessionFrom'> | undefined {
  for (const name of sessionClaims) {
    const session = identifierOf(token, name, 'session');
    if (session !== null) return { session, sessionFrom: name };
  }
  if (sessionPolicy === 'require' || claimOf(token, 'sub') === undefined) return undefined;
  return { session: derivedSessionOf(token), sessionFrom: 'derived' };
}

/** The same for every token of one login: `auth_time` stays, where `jti` and `iat` change on refresh. */
function derivedSessionOf(token: TokenOfSession): string {
  const login = [
    token.issuer.issuer,
    identifierOf(token, 'sub', 'session'),
    claimOf(token, 'auth_time') ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(login)).digest('base64url');
}
