import { valuesAt } from '../principal/claim-values.ts';
import type { Claims } from '../verify/types.ts';

/** What operators can be allowed to do. */
export const operatorScopes = {
  'audit:read': 'Read the audit log.',
  'audit:acknowledge': 'Acknowledge what the audit log lacks.',
  'audit:forget': 'Remove the personal values of a user from the audit log.',
  'tickets:revoke':
    'Revoke tickets and sessions, pause issuing, block networks, drain edges and withdraw break-glass tokens.',
  'tickets:issue': 'Issue tickets on behalf of users: for backends, not for people.',
  'connections:act': 'List connections, send to them and close them.',
} as const satisfies Record<string, string>;

export type OperatorScope = keyof typeof operatorScopes;

function isOperatorScope(value: unknown): value is OperatorScope {
  return typeof value === 'string' && Object.hasOwn(operatorScopes, value);
}

/** The scopes in a token: in `scope` (RFC 9068), or in `scp` as Entra and Okta write it. Unknown scopes are ignored. */
export function scopesOfToken(claims: Claims): readonly OperatorScope[] {
  return [claims.scope, claims.scp]
    .flatMap((claim): unknown => (typeof claim === 'string' ? claim.split(' ') : claim))
    .filter(isOperatorScope);
}

/** Grants a scope to tokens with a value in a claim. */
export interface ScopeRule {
  /** The claim's name. If no claim has this name, it is a path of names with dots between them. */
  readonly claim: string;
  /** The claim's value, or one element of it if it is an array. Compared exactly. */
  readonly value: string;
  readonly scope: OperatorScope;
}

/** A rule that cannot be parsed. The message completes a sentence that begins with the rule. */
export class ScopeRuleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ScopeRuleError';
  }
}

const RULE = /^(?<claim>.+):(?<value>[^:]+)=(?<scope>[^=]*)$/u;

/**
 * Parses a rule such as `groups:sre=audit:read`. The scope follows the last `=`, the value the last `:` before it. In claim
 * and value, `%3A` stands for a colon, `%2C` for a comma and `%25` for the percent sign.
 * @throws {ScopeRuleError}
 */
export function parseScopeRule(text: string): ScopeRule {
  const { claim = '', value = '', scope } = RULE.exec(text)?.groups ?? {};
  if (scope === undefined)
    throw new ScopeRuleError('is not of the form claim:value=scope, such as groups:sre=audit:read');
  if (!isOperatorScope(scope))
    throw new ScopeRuleError(
      `grants an unknown scope; the scopes are: ${Object.keys(operatorScopes).join(', ')}`,
    );
  return { claim: decoded(claim), value: decoded(value), scope };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ScopeRuleError("has a % that isn't one of %3A, %2C and %25", { cause });
  }
}

/** Whether a rule grants its scope to a token with these claims. */
export function isGrantedBy({ claim, value }: ScopeRule, claims: Claims): boolean {
  return valuesAt(claims, claim).includes(value);
}
