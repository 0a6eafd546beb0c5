import type { Principal } from '@admit-one/core';
import {
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

export function createAuthenticate(options: TokenVerifierOptions<UserIssuerConfig>): Authenticate {
  const authenticate = createUserAuthentication(options);
  return async (authorization) => {
    const result = await authenticate(authorization);
    if (result.kind === 'rejected') throw new RejectionError(result.rejection.reason, result.rejection);
    return result.who;
  };
}
