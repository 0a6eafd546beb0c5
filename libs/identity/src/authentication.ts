import type { Principal } from '@admit-one/core';
import type { IssuerPrefix } from './issuers/settings.ts';
import type { IssuerConfig, UserIssuerConfig } from './issuers/types.ts';
import { type Operator, type OperatorSource, operatorOfToken } from './operators/operator.ts';
import type { OperatorScope, ScopeRule } from './operators/scopes.ts';
import { principalOf } from './principal/principal.ts';
import { TokenError } from './verify/token-error.ts';
import { bearerTokenOf } from './verify/token-form.ts';
import { missingSessionDetail, type TokenRejection, tokenRejectionOf } from './verify/token-rejection.ts';
import { createTokenVerifier, type TokenVerifierOptions } from './verify/token-verifier.ts';
import type { Claims, VerifiedToken } from './verify/types.ts';

/** Why a request is not authenticated, or not authorized. */
export interface AuthenticationRejection extends Omit<TokenRejection, 'reason'> {
  readonly reason: TokenRejection['reason'] | 'session_missing' | 'scope_missing';
  /** The scope that is missing. */
  readonly scope?: OperatorScope;
  /** Who lacks it. */
  readonly subject?: string;
}

/** What authenticating a request comes to. */
export type Authentication<Who> =
  | { readonly kind: 'authenticated'; readonly who: Who }
  | { readonly kind: 'rejected'; readonly rejection: AuthenticationRejection };

/** A user, and what else the token says. */
export interface AuthenticatedUser {
  readonly principal: Principal;
  readonly claims: Claims;
}

/** Authenticates users by the value of an `Authorization` header. */
export function createUserAuthentication(
  options: TokenVerifierOptions<UserIssuerConfig>,
): (authorization: string | undefined) => Promise<Authentication<AuthenticatedUser>> {
  const verifier = createTokenVerifier(options);
  const known = new WeakMap<VerifiedToken, Authentication<AuthenticatedUser>>();
  return async (authorization) => {
    const token = bearerTokenOf(authorization);
    if (token === null) return MISSING;
    try {
      const verified = await verifier.verify(token);
      // The verifier gives the same object while it remembers the token.
      let result = known.get(verified);
      if (!result) {
        result = userOf(verified);
        known.set(verified, result);
      }
      return result;
    } catch (error) {
      return rejectionOf(error, 'JWT');
    }
  };
}

const MISSING = { kind: 'rejected', rejection: tokenRejectionOf(new TokenError('missing'), 'JWT') } as const;

/** @throws {TokenError} where a claim is not an identifier */
function userOf(token: VerifiedToken<UserIssuerConfig>): Authentication<AuthenticatedUser> {
  const { issuer, claims } = token;
  const result = principalOf(token, issuer.principals);
  if (result.kind === 'principal')
    return { kind: 'authenticated', who: { principal: result.principal, claims } };
  const detail = missingSessionDetail(result.claimNames, issuer);
  return { kind: 'rejected', rejection: { reason: 'session_missing', detail } };
}

/** Authenticates operators by a token. */
export function createOperatorAuthentication({
  scopeRules,
  ...options
}: TokenVerifierOptions<IssuerConfig> & { readonly scopeRules: readonly ScopeRule[] }): (
  token: string,
) => Promise<Authentication<Operator>> {
  const verifier = createTokenVerifier(options);
  return async (token) => {
    try {
      return { kind: 'authenticated', who: operatorOfToken(await verifier.verify(token), scopeRules) };
    } catch (error) {
      return rejectionOf(error, 'OPERATOR');
    }
  };
}

/** Rejects an authenticated operator without the scope. */
export function requireScope(
  authentication: Authentication<Operator>,
  scope: OperatorScope,
): Authentication<Operator> {
  if (authentication.kind === 'rejected' || authentication.who.scopes.includes(scope)) return authentication;
  const operator = authentication.who;
  const detail = missingScopeDetail(scope, operator.from);
  return {
    kind: 'rejected',
    rejection: { reason: 'scope_missing', scope, subject: operator.subject, detail },
  };
}

/** @throws what is no `TokenError`: a bug */
function rejectionOf(error: unknown, prefix: IssuerPrefix) {
  if (!(error instanceof TokenError)) throw error;
  return { kind: 'rejected', rejection: tokenRejectionOf(error, prefix) } as const;
}

function missingScopeDetail(scope: OperatorScope, { kind }: OperatorSource): string {
  switch (kind) {
    case 'token':
      return `The token lacks the scope ${scope}: let its issuer add it, or add a rule to OPERATOR_SCOPE_RULES for a claim that it has, such as groups:sre=${scope}.`;
    case 'proxy':
      return `No rule grants the scope ${scope} to this user: add one to OPERATOR_SCOPE_RULES, such as groups:sre=${scope} or user:ann@example.com=${scope}.`;
    case 'break_glass':
      return `The break-glass token lacks the scope ${scope}: make another one with npx @admit-one/cli token --break-glass.`;
    default:
      throw kind satisfies never;
  }
}
