import type { Principal } from '@admit-one/core';
import {
  type AuthenticatedUser,
  createUserAuthentication,
  type TokenVerifierOptions,
  type UserIssuerConfig,
} from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';

/**
 * Authenticates by the value of an `Authorization` header.
 * @throws {RejectionError} where the token is rejected or names no session
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** The same, with the claims of the token. */
export type AuthenticateWithClaims = (authorization: string | undefined) => Promise<AuthenticatedUser>;

export function createAuthenticateWithClaims(
  options: TokenVerifierOptions<UserIssuerConfig>,
): AuthenticateWithClaims {
  const authenticate = createUserAuthentication(options);
  return async (authorization) => {
    const result = await authenticate(authorization);
    if (result.kind === 'rejected') throw new RejectionError(result.rejection.reason, result.rejection);
    return result.who;
  };
}

export function createAuthenticate(options: TokenVerifierOptions<UserIssuerConfig>): Authenticate {
  return withoutClaims(createAuthenticateWithClaims(options));
}

export function withoutClaims(authenticate: AuthenticateWithClaims): Authenticate {
  return async (authorization) => (await authenticate(authorization)).principal;
}
