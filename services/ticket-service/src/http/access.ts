import { acceptedIssuersOf, type TicketConfig } from '@admit-one/config';
import { createLogoutVerifier, trustIssuers } from '@admit-one/identity';
import {
  type Authorize,
  createFailureLimit,
  createOperatorAccess,
  type FailureLimit,
  type IssuerKeysObserverOptions,
  observeIssuerKeys,
} from '@admit-one/runtime';
import { type AuthenticateWithClaims, createAuthenticateWithClaims } from './authenticate.ts';

/** Who may ask for what. All of it shares the keys of the issuers, and one limit of failures by network. */
export interface Access {
  readonly authenticate: AuthenticateWithClaims;
  readonly authorize: Authorize;
  readonly verifyLogout: ReturnType<typeof createLogoutVerifier>;
  readonly failureLimit: FailureLimit;
}

export function createAccess(config: TicketConfig, observed: IssuerKeysObserverOptions): Access {
  const { maxTokenBytes, limits, operators } = config;
  const issuerKeys = observeIssuerKeys(observed);
  const issuers = trustIssuers(acceptedIssuersOf(config), issuerKeys);
  const failureLimit = createFailureLimit(limits.failedTokens);
  return {
    authenticate: createAuthenticateWithClaims({ issuers, maxTokenBytes }, failureLimit),
    authorize: createOperatorAccess({ config: operators, issuerKeys, failureLimit }).authorize,
    verifyLogout: createLogoutVerifier(issuers),
    failureLimit,
  };
}
