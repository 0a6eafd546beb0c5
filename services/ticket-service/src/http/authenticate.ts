import type { Principal } from '@admit-one/core';
import {
  bearerTokenOf,
  createTokenVerifier,
  missingSessionDetail,
  principalOf,
  TokenError,
  type TokenVerifierOptions,
  type UserIssuerConfig,
} from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';
import { createAnonymousSessions } from '../anonymous/anonymous-sessions.ts';
import type { TicketConfig } from '../config.ts';

/**
 * Finds out for whom an `Authorization` header speaks.
 * @throws {TokenError} where the token is no good
 * @throws {RejectionError} `session_missing` where it names no session
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** Makes the authentication by bearer token. */
export function createAuthenticate(options: TokenVerifierOptions<UserIssuerConfig>): Authenticate {
  const verifier = createTokenVerifier(options);
  return async (authorization) => {
    const token = bearerTokenOf(authorization);
    if (token === null) throw new TokenError('missing');
    const verified = await verifier.verify(token);
    const result = principalOf(verified, verified.issuer.principals);
    if (result.kind === 'principal') return result.principal;
    throw new RejectionError('session_missing', {
      detail: missingSessionDetail(result.claimNames, verified.issuer),
    });
  };
}

/** Whose tokens get tickets: those of the configured issuers, and our own where there are anonymous sessions. */
export function acceptedIssuersOf({ issuers, anonymous }: TicketConfig): readonly UserIssuerConfig[] {
  return anonymous ? [...issuers, createAnonymousSessions(anonymous).issuer] : issuers;
}
