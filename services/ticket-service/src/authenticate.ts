import type { Principal } from '@admit-one/core';
import {
  bearerTokenOf,
  createTokenVerifier,
  missingSessionDetail,
  principalOf,
  TokenError,
  type UserIssuerConfig,
} from '@admit-one/identity';
import { type Logger, type Meter, observeIssuerKeys, Refusal } from '@admit-one/runtime';

/**
 * Finds out for whom an `Authorization` header speaks.
 * @throws {TokenError} where the token is no good
 * @throws {Refusal} `session_missing` where it names no session
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

export interface AuthenticateOptions {
  readonly issuers: readonly UserIssuerConfig[];
  readonly log: Logger;
  readonly meter: Meter;
}

/** Makes the authentication by bearer token. */
export function createAuthenticate({ issuers, log, meter }: AuthenticateOptions): Authenticate {
  const verifier = createTokenVerifier({ issuers, ...observeIssuerKeys({ log, meter }) });
  return async (authorization) => {
    const token = bearerTokenOf(authorization);
    if (token === null) throw new TokenError('missing');
    const verified = await verifier.verify(token);
    const result = principalOf(verified, verified.issuer.principals);
    if (result.kind === 'principal') return result.principal;
    throw new Refusal('session_missing', {
      detail: missingSessionDetail(result.claimNames, verified.issuer),
    });
  };
}
