import type { JWTPayload } from 'jose';
import { breakGlassOf } from '../operators/break-glass.ts';
import { isPrintable } from '../operators/operator-text.ts';
import { type ScopeRule, scopesByRules } from '../operators/scope-rules.ts';
import { type OperatorScope, scopesOfToken } from '../operators/scopes.ts';
import { TokenError } from '../verify/token-error.ts';
import type { VerifiedToken } from '../verify/token-verifier.ts';
import { shown, shownList } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** All that the audit-service asks for. */
const NEEDED: OperatorScope = 'audit:read';
/** Claims that providers put groups and roles into. */
const GROUP_CLAIMS = ['groups', 'roles', 'permissions', 'cognito:groups', 'hd', 'email'];
const MAX_RULES = 4;
const MAX_VALUE = 100;

/** For which operator a token speaks, what scopes it has and why, and what is missing for the audit trail. */
export function explainOperator(
  token: VerifiedToken,
  rules: readonly ScopeRule[],
): readonly TokenDiagnostic[] {
  const { claims } = token;
  const [breakGlass, isMadeOffline] = explainBreakGlass(token);
  const granting = isMadeOffline ? [] : rules.filter((rule) => scopesByRules(claims, [rule]).length > 0);
  const own = scopesOfToken(claims);
  const sources: TokenDiagnostic[] = granting.map(({ claim, value, scope }) => ({
    level: 'ok',
    message: `a rule gives it the scope ${scope}, as ${shown(claim)} has ${shown(value)}`,
  }));
  if (own.length > 0)
    sources.unshift({ level: 'ok', message: `it has the scope ${own.join(', ')} itself (scope, scp)` });
  const scopes = [...own, ...granting.map(({ scope }) => scope)];
  const lack = scopes.includes(NEEDED) ? [] : [withoutScope(claims, rules, isMadeOffline)];
  return [explainSubject(claims), ...breakGlass, ...sources, ...lack];
}

function explainSubject({ sub }: Readonly<JWTPayload>): TokenDiagnostic {
  if (isPrintable(sub)) return { level: 'ok', message: `its operator is ${shown(sub)}, by sub` };
  return {
    level: 'error',
    check: 'subject',
    message:
      sub === undefined
        ? 'it has no sub, which names the operator'
        : `its sub, which names the operator, is ${shown(sub)}, not 1 to 256 printable characters`,
    remedy: 'Let its issuer send such a text.',
  };
}

function explainBreakGlass(
  token: VerifiedToken,
): readonly [diagnostics: readonly TokenDiagnostic[], isMadeOffline: boolean] {
  try {
    const breakGlass = breakGlassOf(token);
    if (!breakGlass) return [[], false];
    return [
      [{ level: 'ok', message: `it was made offline, for the reason ${shown(breakGlass.reason)}` }],
      true,
    ];
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const fault: TokenDiagnostic = {
      level: 'error',
      check: 'break_glass',
      message:
        'it was made offline, but is good for longer than 24 hours, or lacks its id (jti) or its reason',
      remedy: 'Make another one with admit token --break-glass.',
    };
    return [[fault], true];
  }
}

function withoutScope(
  claims: Readonly<JWTPayload>,
  rules: readonly ScopeRule[],
  isMadeOffline: boolean,
): TokenDiagnostic {
  const tokens = [claims.scope, claims.scp].filter((claim) => claim !== undefined);
  const has = tokens.length > 0 ? `its own are ${shownList(tokens)}` : 'it has none of its own (scope, scp)';
  const count = rules.length === 0 ? 'there is no rule' : 'no rule gives it';
  return {
    level: 'error',
    check: 'scope',
    message: `it lacks the scope ${NEEDED}: ${has}, and ${isMadeOffline ? 'rules are not for it' : count}`,
    remedy: isMadeOffline ? 'Make another one with admit token --break-glass.' : remedyOf(claims),
  };
}

function remedyOf(claims: Readonly<JWTPayload>): string {
  const rules = possibleRules(claims);
  if (rules.length === 0)
    return `Let its issuer add ${NEEDED} to its scope, or a claim that a rule of OPERATOR_SCOPE_RULES can be about.`;
  return `Let its issuer add ${NEEDED} to its scope; or, if everyone with the claim may read the trail, add to OPERATOR_SCOPE_RULES ${rules.join(' or ')}.`;
}

/** Rules that would give the scope to whoever has the token. */
function possibleRules(claims: Readonly<JWTPayload>): readonly string[] {
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

/** As `parseScopeRule` reads it. */
function escaped(value: string): string {
  return value.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
