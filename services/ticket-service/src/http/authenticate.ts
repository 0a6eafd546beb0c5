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
 * The principal of an `Authorization` header.
 * @throws {TokenError} where the token is rejected
 * @throws {RejectionError} `session_missing` where it names no session
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

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

/** The issuers whose tokens get tickets: the configured ones, and our own where anonymous sessions are on. */
export function acceptedIssuersOf({ issuers, anonymous }: TicketConfig): readonly UserIssuerConfig[] {
  return anonymous ? [...issuers, createAnonymousSessions(anonymous).issuer] : issuers;
}
