import type { Principal } from '@admit-one/core';
import {
  bearerTokenOf,
  createTokenVerifier,
  type PrincipalRule,
  principalOf,
  TokenError,
  type UserIssuerConfig,
} from '@admit-one/identity';
import { Refusal } from '@admit-one/runtime';

/**
 * Finds out for whom an `Authorization` header speaks.
 * @throws {TokenError} where the token is no good
 * @throws {Refusal} `session_missing` where it names no session
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

export interface AuthenticateOptions {
  readonly issuers: readonly UserIssuerConfig[];
}

/** Makes the authentication by bearer token. */
export function createAuthenticate({ issuers }: AuthenticateOptions): Authenticate {
  const verifier = createTokenVerifier({ issuers });
  return async (authorization) => {
    const token = bearerTokenOf(authorization);
    if (token === null) throw new TokenError('missing');
    const verified = await verifier.verify(token);
    const rule = verified.issuer.principals;
    const result = principalOf(verified, rule);
    if (result.kind === 'principal') return result.principal;
    throw new Refusal('session_missing', { detail: explain(result.claimNames, rule) });
  };
}

function explain(claimNames: readonly string[], { sessionClaims, sessionPolicy }: PrincipalRule): string {
  const found = claimNames.length === 0 ? 'no claims' : `the claims ${claimNames.join(', ')}`;
  const remedy =
    sessionPolicy === 'require'
      ? 'or set SESSION_POLICY=derive to make the session from sub'
      : 'or let the issuer add sub, to make the session from';
  return `The token has ${found}, and none of JWT_SESSION_CLAIMS (${sessionClaims.join(', ')}). Add the one that names the session there, ${remedy}.`;
}
