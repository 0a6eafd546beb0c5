import type { Principal } from '@admit-one/core';
import {
  type AuthenticatedUser,
  createUserAuthentication,
  type TokenVerifierOptions,
  type UserIssuerConfig,
} from '@admit-one/identity';
import { type FailureLimit, limitFailures, RejectionError } from '@admit-one/runtime';

/**
 * Authenticates by the value of an `Authorization` header. Failures are limited by network.
 * @param address of the client
 * @throws {RejectionError} where the token is rejected or names no session
 */
export type Authenticate = (authorization: string | undefined, address: string | null) => Promise<Principal>;

/** The same, with the claims of the token. */
export type AuthenticateWithClaims = (...of: Parameters<Authenticate>) => Promise<AuthenticatedUser>;

export function createAuthenticateWithClaims(
  options: TokenVerifierOptions<UserIssuerConfig>,
  failureLimit: FailureLimit,
): AuthenticateWithClaims {
  const authenticate = createUserAuthentication(options);
  return (authorization, address) =>
    limitFailures(failureLimit, address, async () => {
      const result = await authenticate(authorization);
      if (result.kind === 'rejected') throw new RejectionError(result.rejection.reason, result.rejection);
      return result.who;
    });
}

export function createAuthenticate(
  ...options: Parameters<typeof createAuthenticateWithClaims>
): Authenticate {
  return withoutClaims(createAuthenticateWithClaims(...options));
}

export function withoutClaims(authenticate: AuthenticateWithClaims): Authenticate {
  return async (authorization, address) => (await authenticate(authorization, address)).principal;
}
