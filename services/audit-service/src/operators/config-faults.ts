import {
  KeyError,
  parseKeySet,
  parseScopeRule,
  type ScopeRule,
  ScopeRuleError,
  validateIssuers,
} from '@admit-one/identity';
import { proxyIssue } from '@admit-one/runtime';
import type { OperatorVariables } from './config.ts';
import { headerIssues } from './header-faults.ts';

type Given = Partial<OperatorVariables>;

/** Everything that is wrong with the variables that say who may read the trail. */
export function operatorIssues(variables: Given): readonly string[] {
  return [
    ...validateIssuers(variables, 'OPERATOR'),
    ...ruleFaults(variables),
    ...headerIssues(variables),
    ...proxyFaults(variables),
    ...breakGlassFaults(variables),
  ];
}

/** What is missing where nobody else brings operators along. */
export function missingOperatorIssues(variables: Given): readonly string[] {
  const { OPERATOR_ISSUER, OPERATOR_ISSUERS, OPERATOR_PROXY_ADDRESSES = [], BREAK_GLASS_JWKS } = variables;
  const isKnown = [OPERATOR_ISSUER, OPERATOR_ISSUERS, BREAK_GLASS_JWKS].some((value) => value !== undefined);
  if (isKnown || OPERATOR_PROXY_ADDRESSES.length > 0) return [];
  return [
    'OPERATOR_ISSUER: is not set, nor is OPERATOR_ISSUERS, OPERATOR_PROXY_ADDRESSES or BREAK_GLASS_JWKS. Without one of them nobody could read the audit trail.',
  ];
}

function ruleFaults({ OPERATOR_SCOPE_RULES: rules = [] }: Given): readonly string[] {
  return rules.flatMap((text) => {
    const rule = readRule(text);
    return 'fault' in rule ? [`OPERATOR_SCOPE_RULES: ${JSON.stringify(text)} ${rule.fault}.`] : [];
  });
}

function readRule(text: string): ScopeRule | { readonly fault: string } {
  try {
    return parseScopeRule(text);
  } catch (error) {
    if (error instanceof ScopeRuleError) return { fault: error.message };
    throw error;
  }
}

function proxyFaults(variables: Given): readonly string[] {
  const { OPERATOR_PROXY_ADDRESSES: addresses = [], OPERATOR_SCOPE_RULES: rules = [] } = variables;
  const faults = addresses
    .map(proxyIssue)
    .filter((fault) => fault !== undefined)
    .map((fault) => `OPERATOR_PROXY_ADDRESSES: ${fault}`);
  const isOfProxies = (rule: object) => 'claim' in rule && ['user', 'groups'].includes(String(rule.claim));
  if (addresses.length > 0 && !rules.map(readRule).some(isOfProxies))
    faults.push(
      'OPERATOR_PROXY_ADDRESSES: is set, but no rule of OPERATOR_SCOPE_RULES is about user or groups. Add one, such as groups:sre=audit:read.',
    );
  return faults;
}

function breakGlassFaults({ BREAK_GLASS_JWKS: json }: Given): readonly string[] {
  if (json === undefined) return [];
  try {
    const index = parseKeySet(json).keys.findIndex(({ crv }) => crv !== 'P-256');
    return index < 0
      ? []
      : [`BREAK_GLASS_JWKS: keys[${index}] is not a key as admit token new-key makes it (EC, P-256).`];
  } catch (error) {
    if (error instanceof KeyError) return [`BREAK_GLASS_JWKS: ${error.message}.`];
    throw error;
  }
}
