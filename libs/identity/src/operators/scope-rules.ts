import { isOperatorScope, type OperatorScope, operatorScopes } from './scopes.ts';

/** Grants a scope to whoever has a value in a claim. */
export interface ScopeRule {
  /** The claim's name; where no claim has this name, a path of names with dots between them. */
  readonly claim: string;
  /** What the claim is, or what one element of it is where it is an array. Compared exactly. */
  readonly value: string;
  readonly scope: OperatorScope;
}

/** A text that is no rule; the message says why. */
export class ScopeRuleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ScopeRuleError';
  }
}

const RULE = /^(?<claim>.+):(?<value>[^:]+)=(?<scope>[^=]*)$/u;

/**
 * Reads a rule such as `groups:sre=audit:read`. The scope is behind the last `=`, the value behind the last `:` before
 * that. In claim and value, `%3A` stands for a colon, `%2C` for a comma and `%25` for the percent sign.
 * @throws {ScopeRuleError}
 */
export function parseScopeRule(text: string): ScopeRule {
  const { claim = '', value = '', scope } = RULE.exec(text)?.groups ?? {};
  if (scope === undefined)
    throw new ScopeRuleError('is not of the form claim:value=scope, such as groups:sre=audit:read');
  if (!isOperatorScope(scope))
    throw new ScopeRuleError(`grants no scope that there is: ${Object.keys(operatorScopes).join(', ')}`);
  return { claim: decoded(claim), value: decoded(value), scope };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ScopeRuleError('has a % that is none of %3A, %2C and %25', { cause });
  }
}

/** The scopes that rules grant to whoever has these claims. */
export function scopesByRules(
  claims: Readonly<Record<string, unknown>>,
  rules: readonly ScopeRule[],
): readonly OperatorScope[] {
  return rules
    .filter(({ claim, value }) => [claimOf(claims, claim)].flat().includes(value))
    .map(({ scope }) => scope);
}

/** Names of claims may hold dots (`https://example.com/roles`), and so may paths to them (`realm_access.roles`). */
function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(memberOf, claims);
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
