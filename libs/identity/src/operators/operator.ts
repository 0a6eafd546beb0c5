import { isPrintable } from '../principal/identifier.ts';
import { type OnFailure, reject, TokenError } from '../verify/token-error.ts';
import type { VerifiedToken } from '../verify/types.ts';
import { BREAK_GLASS_SCOPE, type BreakGlass, breakGlassOf, isBreakGlass } from './break-glass.ts';
import { isGrantedBy, type OperatorScope, type ScopeRule, scopesOfToken } from './scopes.ts';

/** A person who runs the service, and what they are allowed to do. */
export interface Operator {
  readonly subject: string;
  readonly scopes: readonly OperatorScope[];
  readonly from: OperatorSource;
  /** When the token expires, Unix seconds; null for a proxy's headers. */
  readonly expiresAt: number | null;
}

/** How an operator was identified. */
export type OperatorSource =
  /** By a token of the issuer with this alias. */
  | { readonly kind: 'token'; readonly issuer: string }
  /** By a token made offline. */
  | ({ readonly kind: 'break_glass' } & BreakGlass)
  /** By headers of the proxy with this address. */
  | { readonly kind: 'proxy'; readonly address: string };

/** The user of a request, according to the headers of a proxy. */
export interface ProxiedIdentity {
  readonly user: string;
  readonly groups: readonly string[];
  /** The proxy's own address. */
  readonly address: string;
}

/**
 * The operator of a token. Its scopes are those in the token and those that rules grant. A token made offline may read the
 * audit log at most, as its maker chooses the claims.
 * @throws {TokenError} `subject` or `break_glass`
 */
export function operatorOfToken(token: VerifiedToken, rules: readonly ScopeRule[]): Operator {
  const { breakGlass, ownScopes, grants } = checkOperator(token, rules, reject);
  return {
    subject: String(token.claims.sub),
    scopes: [...new Set([...ownScopes, ...grants.map(({ scope }) => scope)])],
    from: breakGlass ? { kind: 'break_glass', ...breakGlass } : { kind: 'token', issuer: token.issuer.alias },
    expiresAt: token.expiresAt,
  };
}

export interface CheckedOperator {
  /** Null for tokens of other issuers, and if the check `break_glass` failed. */
  readonly breakGlass: BreakGlass | null;
  /** The scopes in the token that it may have. */
  readonly ownScopes: readonly OperatorScope[];
  /** The rules that grant it a scope. */
  readonly grants: readonly ScopeRule[];
}

/** Checks the operator of a token: `subject` and `break_glass`. */
export function checkOperator(
  token: Pick<VerifiedToken, 'issuer' | 'issuedAt' | 'expiresAt' | 'claims'>,
  rules: readonly ScopeRule[],
  onFailure: OnFailure,
): CheckedOperator {
  const { claims } = token;
  if (!isPrintable(claims.sub)) onFailure(new TokenError('subject'));
  const ownScopes = scopesOfToken(claims);
  if (isBreakGlass(token))
    return {
      breakGlass: breakGlassOf(token, onFailure),
      ownScopes: ownScopes.filter((scope) => scope === BREAK_GLASS_SCOPE),
      grants: [],
    };
  return { breakGlass: null, ownScopes, grants: rules.filter((rule) => isGrantedBy(rule, claims)) };
}

/** The operator that a proxy names. All scopes come from rules about the claims `user` and `groups`. */
export function operatorOfProxy(
  { user, groups, address }: ProxiedIdentity,
  rules: readonly ScopeRule[],
): Operator {
  const granted = rules.filter((rule) => isGrantedBy(rule, { user, groups })).map(({ scope }) => scope);
  return { subject: user, scopes: [...new Set(granted)], from: { kind: 'proxy', address }, expiresAt: null };
}
