import { isBreakGlass } from '../operators/break-glass.ts';
import { checkOperator } from '../operators/operator.ts';
import type { OperatorScope, ScopeRule } from '../operators/scopes.ts';
import { isPrintable } from '../principal/identifier.ts';
import type { TokenError } from '../verify/token-error.ts';
import type { Claims, VerifiedToken } from '../verify/types.ts';
import { error, failureOf, ok } from './diagnostics.ts';
import type { TokenDiagnostic } from './types.ts';
import { shown, shownList } from './words.ts';

/** The scope that the audit-service requires. */
const NEEDED: OperatorScope = 'audit:read';
/** Claims in which providers send groups and roles. */
const GROUP_CLAIMS = ['groups', 'roles', 'permissions', 'cognito:groups', 'hd', 'email'];
const MAX_RULES = 4;
const MAX_VALUE = 100;

const NEW_TOKEN = 'Make another one with npx @admit-one/cli token --break-glass.';

/** The operator of a token, its scopes and where they come from, and what it lacks to read the audit log. */
export function explainOperator(
  token: Pick<VerifiedToken, 'issuer' | 'issuedAt' | 'expiresAt' | 'claims'>,
  rules: readonly ScopeRule[],
): readonly TokenDiagnostic[] {
  const failures: TokenError[] = [];
  const { breakGlass, ownScopes, grants } = checkOperator(token, rules, (failure) => failures.push(failure));
  const { sub } = token.claims;
  const diagnostics = [
    failureOf({ failures }, 'subject') ? subjectError(sub) : ok(`its operator is ${shown(sub)}, by sub`),
  ];
  if (failureOf({ failures }, 'break_glass'))
    diagnostics.push(
      error(
        'break_glass',
        'it was made offline, but its lifetime is over 24 hours, or it lacks its id (jti) or its reason',
        NEW_TOKEN,
      ),
    );
  if (breakGlass) diagnostics.push(ok(`it was made offline, with the reason ${shown(breakGlass.reason)}`));
  if (ownScopes.length > 0)
    diagnostics.push(ok(`it contains the scope ${ownScopes.join(', ')} (scope, scp)`));
  for (const { claim, value, scope } of grants)
    diagnostics.push(ok(`a rule grants it the scope ${scope}: ${shown(claim)} has ${shown(value)}`));
  if (![...ownScopes, ...grants.map(({ scope }) => scope)].includes(NEEDED))
    diagnostics.push(withoutScope(token, rules));
  return diagnostics;
}

function subjectError(sub: unknown): TokenDiagnostic {
  const message =
    sub === undefined
      ? 'it has no sub, which names the operator'
      : `its sub, which names the operator, is ${shown(sub)}, not 1 to 256 printable characters`;
  return error('subject', message, 'Have its issuer send such a string.');
}

function withoutScope(
  token: Pick<VerifiedToken, 'issuer' | 'claims'>,
  rules: readonly ScopeRule[],
): TokenDiagnostic {
  const { claims } = token;
  const isOffline = isBreakGlass(token);
  const own = [claims.scope, claims.scp].filter((claim) => claim !== undefined);
  const has = own.length > 0 ? `it contains ${shownList(own)}` : 'it contains none (scope, scp)';
  const granted = rules.length === 0 ? 'no rule is configured' : 'no rule grants it';
  const message = `it lacks the scope ${NEEDED}: ${has}, and ${isOffline ? 'rules do not apply to it' : granted}`;
  return error('scope', message, isOffline ? NEW_TOKEN : remedyOf(claims));
}

function remedyOf(claims: Claims): string {
  const rules = possibleRules(claims);
  if (rules.length === 0)
    return `Have its issuer add ${NEEDED} to its scope, or a claim for a rule of OPERATOR_SCOPE_RULES.`;
  return `Have its issuer add ${NEEDED} to its scope; or, if everyone with the claim may read the audit log, add to OPERATOR_SCOPE_RULES ${rules.join(' or ')}.`;
}

/** Rules that would grant the scope to this token. */
function possibleRules(claims: Claims): readonly string[] {
  const realm = (claims.realm_access as { roles?: unknown } | null | undefined)?.roles;
  const sources = [
    ...GROUP_CLAIMS.map((name) => [name, Object.hasOwn(claims, name) ? claims[name] : undefined] as const),
    ['realm_access.roles', realm] as const,
  ];
  return sources
    .flatMap(([name, value]) => [value].flat().map((item) => [name, item] as const))
    .filter((pair): pair is readonly [string, string] => isPrintable(pair[1]) && pair[1].length <= MAX_VALUE)
    .slice(0, MAX_RULES)
    .map(([name, value]) => `${name}:${escaped(value)}=${NEEDED}`);
}

/** Escapes a value for `parseScopeRule`. */
function escaped(value: string): string {
  return value.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
