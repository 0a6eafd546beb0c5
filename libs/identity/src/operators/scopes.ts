/** All that an operator can be allowed to do. */
export const operatorScopes = {
  'audit:read': 'Read the audit trail.',
} as const satisfies Record<string, string>;

export type OperatorScope = keyof typeof operatorScopes;

/** Whether a value names one of the scopes. */
export function isOperatorScope(value: unknown): value is OperatorScope {
  return typeof value === 'string' && Object.hasOwn(operatorScopes, value);
}

/** The scopes that a token carries itself: in `scope` as RFC 9068 has it, or in `scp` as Entra and Okta do. Others do not count. */
export function scopesOfToken(claims: Readonly<Record<string, unknown>>): readonly OperatorScope[] {
  return [claims.scope, claims.scp]
    .flatMap((claim): unknown => (typeof claim === 'string' ? claim.split(' ') : claim))
    .filter(isOperatorScope);
}
