import type { Principal } from '@admit-one/core';
import {
  ANONYMOUS_ISSUER,
  bearerTokenOf,
  createTokenVerifier,
  type IssuerConfig,
  principalOf,
  type SessionRule,
  TokenError,
} from '@admit-one/identity';
import { Refusal } from '@admit-one/runtime';
import { ANONYMOUS_RULE } from './anonymous-session.ts';

/**
 * Finds out for whom an `Authorization` header speaks.
 * @throws {TokenError} where the token is no good
 * @throws {Refusal} `session_missing` where it names no session
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

export interface AuthenticateOptions {
  readonly issuers: readonly IssuerConfig[];
  /** For the tokens of every issuer but that of anonymous sessions, which has a rule of its own. */
  readonly sessions: SessionRule;
}

/** Makes the authentication by bearer token. */
export function createAuthenticate({ issuers, sessions }: AuthenticateOptions): Authenticate {
  const verifier = createTokenVerifier({ issuers });
  return async (authorization) => {
    const token = bearerTokenOf(authorization);
    if (token === null) throw new TokenError('missing');
    const verified = await verifier.verify(token);
    const rule = verified.alias === ANONYMOUS_ISSUER.alias ? ANONYMOUS_RULE : sessions;
    const result = principalOf(verified, rule);
    if (result.kind === 'principal') return result.principal;
    throw new Refusal('session_missing', { detail: explain(result.claimNames, rule) });
  };
}

function explain(claimNames: readonly string[], { sessionClaims, sessionPolicy }: SessionRule): string {
  const found = claimNames.length === 0 ? 'no claims' : `the claims ${claimNames.join(', ')}`;
  const remedy =
    sessionPolicy === 'require'
      ? 'or set SESSION_POLICY=derive to make the session from sub'
      : 'or let the issuer add sub, to make the session from';
  return `The token has ${found}, and none of JWT_SESSION_CLAIMS (${sessionClaims.join(', ')}). Add the one that names the session there, ${remedy}.`;
}
