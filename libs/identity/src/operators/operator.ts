import { TokenError } from '../verify/token-error.ts';
import type { VerifiedToken } from '../verify/token-verifier.ts';
import { type BreakGlass, breakGlassOf } from './break-glass.ts';
import { isPrintable } from './operator-text.ts';
import { type ScopeRule, scopesByRules } from './scope-rules.ts';
import { type OperatorScope, scopesOfToken } from './scopes.ts';

/** Somebody who runs the service, and may do what the scopes say. */
export interface Operator {
  /** Who it is, by the word of what vouches for it. */
  readonly subject: string;
  readonly scopes: readonly OperatorScope[];
  readonly from: OperatorSource;
}

/** What vouches for an operator. */
export type OperatorSource =
  /** A token of an issuer, by its alias. */
  | { readonly kind: 'token'; readonly issuer: string }
  /** A token made offline. */
  | ({ readonly kind: 'break_glass' } & BreakGlass)
  /** The headers of a proxy, by its address. */
  | { readonly kind: 'proxy'; readonly address: string };

/** What a proxy says of who is behind a request. */
export interface ProxiedIdentity {
  readonly user: string;
  readonly groups: readonly string[];
  /** The proxy's own address. */
  readonly address: string;
}

/**
 * The operator that a token of an operators' issuer speaks for: its scopes are its own and those that rules grant. The
 * rules are not for tokens made offline, whose claims are whatever their maker wanted.
 * @throws {TokenError} `subject` or `break_glass`
 */
export function operatorOfToken(token: VerifiedToken, rules: readonly ScopeRule[]): Operator {
  const { issuer, claims } = token;
  if (!isPrintable(claims.sub)) throw new TokenError('subject');
  const breakGlass = breakGlassOf(token);
  const granted = breakGlass ? [] : scopesByRules(claims, rules);
  return {
    subject: claims.sub,
    scopes: [...new Set([...scopesOfToken(claims), ...granted])],
    from: breakGlass ? { kind: 'break_glass', ...breakGlass } : { kind: 'token', issuer: issuer.alias },
  };
}

/** The operator that a proxy speaks for: all scopes come from rules, about the claims `user` and `groups`. */
export function operatorOfProxy(
  { user, groups, address }: ProxiedIdentity,
  rules: readonly ScopeRule[],
): Operator {
  const scopes = [...new Set(scopesByRules({ user, groups }, rules))];
  return { subject: user, scopes, from: { kind: 'proxy', address } };
}
