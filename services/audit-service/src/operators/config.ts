import {
  type IssuerConfig,
  issuersOf,
  type KeySet,
  parseKeySet,
  parseScopeRule,
  type ScopeRule,
} from '@admit-one/identity';
import type { Static, TObject } from 'typebox';
import type { IdentityProxy } from './proxied-identity.ts';
import type { operatorVariables } from './variables.ts';

export type OperatorVariables = Static<TObject<typeof operatorVariables>>;

/** Who may read the trail, and how it is found out who asks. */
export interface OperatorsConfig {
  readonly issuers: readonly IssuerConfig[];
  readonly scopeRules: readonly ScopeRule[];
  /** Where a proxy puts a token, in lower case: `authorization` where it is a bearer token. */
  readonly tokenHeader: string;
  /** Null where no proxy's word is taken for who somebody is. */
  readonly proxy: IdentityProxy | null;
  /** The keys of tokens made offline; null where none is accepted. */
  readonly breakGlass: KeySet | null;
}

/** Makes the configuration of variables that `operatorFaults` finds nothing wrong with. */
export function operatorsConfigOf(variables: OperatorVariables): OperatorsConfig {
  const { OPERATOR_SCOPE_RULES, OPERATOR_TOKEN_HEADER, BREAK_GLASS_JWKS } = variables;
  return {
    issuers: issuersOf(variables, 'OPERATOR'),
    scopeRules: OPERATOR_SCOPE_RULES.map(parseScopeRule),
    tokenHeader: OPERATOR_TOKEN_HEADER.toLowerCase(),
    proxy: proxyOf(variables),
    breakGlass: BREAK_GLASS_JWKS === undefined ? null : parseKeySet(BREAK_GLASS_JWKS),
  };
}

function proxyOf(variables: OperatorVariables): IdentityProxy | null {
  const { OPERATOR_PROXY_ADDRESSES: addresses } = variables;
  if (addresses.length === 0) return null;
  return {
    addresses,
    userHeader: variables.OPERATOR_PROXY_USER_HEADER.toLowerCase(),
    groupsHeader: variables.OPERATOR_PROXY_GROUPS_HEADER.toLowerCase(),
  };
}
