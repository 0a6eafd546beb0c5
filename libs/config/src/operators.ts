import {
  breakGlassIssuerOf,
  type IssuerConfig,
  issuersOf,
  type KeySet,
  type LocalIssuers,
  parseKeySet,
  parseScopeRule,
  type ScopeRule,
  ScopeRuleError,
  trustedIssuerOf,
  validateIssuers,
} from '@admit-one/identity';
import { type Static, Type } from 'typebox';
import { addressIssues } from './host.ts';
import { issuerVariables, outboundProxyVariables } from './issuers.ts';
import { listVariable } from './read-variables.ts';

/** The header of bearer tokens (RFC 6750), in lower case. */
const AUTHORIZATION = 'authorization';

/** The variables of every service that has operators. */
export const operatorVariables = {
  ...issuerVariables('OPERATOR', {
    use: 'of operators',
    noun: "the operators' issuer",
    defaultAudience: 'admit-one-audit',
  }),
  ...outboundProxyVariables,
  OPERATOR_SCOPE_RULES: listVariable({
    default: '',
    description:
      'Scopes to grant in addition to those in tokens: `claim:value=scope`. Behind a proxy, the claims are `user` and `groups`.',
    examples: ['groups:sre=audit:read'],
  }),
  OPERATOR_TOKEN_HEADER: Type.String({
    default: AUTHORIZATION,
    description: 'The header in which a proxy passes on a token that it has signed, without a prefix.',
    examples: ['x-goog-iap-jwt-assertion'],
  }),
  OPERATOR_PROXY_ADDRESSES: listVariable({
    default: '',
    description:
      'Addresses and networks (CIDR) of a proxy that authenticates operators and whose identity headers are trusted.',
    examples: ['127.0.0.1'],
  }),
  OPERATOR_PROXY_USER_HEADER: Type.String({
    default: 'x-forwarded-email',
    description: 'The header in which that proxy passes on the user.',
  }),
  OPERATOR_PROXY_GROUPS_HEADER: Type.String({
    default: 'x-forwarded-groups',
    description: "The header in which that proxy passes on the user's groups, comma-separated.",
  }),
};

const schema = Type.Object(operatorVariables);

type OperatorVariables = Static<typeof schema>;
type Given = Partial<OperatorVariables>;

/** The issues of `operatorVariables` that their schemas can't express. */
export function operatorIssues(variables: Given): readonly string[] {
  return [
    ...validateIssuers(variables, 'OPERATOR'),
    ...scopeRuleIssues(variables),
    ...headerIssues(variables),
    ...proxyIssues(variables),
  ];
}

function scopeRuleIssues({ OPERATOR_SCOPE_RULES: rules = [] }: Given): readonly string[] {
  return rules.flatMap((text) => {
    const rule = tryScopeRule(text);
    return 'issue' in rule ? [`OPERATOR_SCOPE_RULES: ${JSON.stringify(text)} ${rule.issue}.`] : [];
  });
}

function tryScopeRule(text: string): ScopeRule | { readonly issue: string } {
  try {
    return parseScopeRule(text);
  } catch (error) {
    if (error instanceof ScopeRuleError) return { issue: error.message };
    throw error;
  }
}

/** A field name of HTTP (RFC 9110, section 5.1). */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

const headerVariables = [
  'OPERATOR_TOKEN_HEADER',
  'OPERATOR_PROXY_USER_HEADER',
  'OPERATOR_PROXY_GROUPS_HEADER',
] as const;

function headerIssues(given: Given): readonly string[] {
  const names = headerVariables.map((variable) => [variable, given[variable]?.toLowerCase()] as const);
  return names.flatMap(([variable, name], index) => {
    if (name === undefined) return [];
    if (!FIELD_NAME.test(name))
      return [`${variable}: ${JSON.stringify(name)} is not the name of an HTTP header.`];
    if (variable !== 'OPERATOR_TOKEN_HEADER' && name === AUTHORIZATION)
      return [`${variable}: the ${AUTHORIZATION} header is for tokens.`];
    const same = names.slice(0, index).find(([, other]) => other === name);
    return same ? [`${variable}: is the same header as ${same[0]}.`] : [];
  });
}

function proxyIssues(variables: Given): readonly string[] {
  const { OPERATOR_PROXY_ADDRESSES: addresses = [], OPERATOR_SCOPE_RULES: rules = [] } = variables;
  const issues = [...addressIssues('OPERATOR_PROXY_ADDRESSES', addresses)];
  const isForProxy = (rule: object) => 'claim' in rule && ['user', 'groups'].includes(String(rule.claim));
  if (addresses.length > 0 && !rules.map(tryScopeRule).some(isForProxy))
    issues.push(
      'OPERATOR_PROXY_ADDRESSES: is set, but OPERATOR_SCOPE_RULES has no rule for user or groups. Add one, such as groups:sre=audit:read.',
    );
  return issues;
}

/** How operators are identified. */
export interface OperatorsConfig {
  readonly issuers: readonly IssuerConfig[];
  readonly maxTokenBytes: number;
  readonly scopeRules: readonly ScopeRule[];
  /** The header of a proxy's token, in lower case; `authorization` for bearer tokens. */
  readonly tokenHeader: string;
  /** Null where identity headers are not trusted. */
  readonly proxy: IdentityProxy | null;
  /** The keys of break-glass tokens; null where these are not accepted. */
  readonly breakGlass: KeySet | null;
}

/** A proxy that authenticates operators and names them in headers. */
export interface IdentityProxy {
  /** The addresses and networks that it connects from. */
  readonly addresses: readonly string[];
  /** In lower case. */
  readonly userHeader: string;
  /** In lower case; its value is comma-separated. */
  readonly groupsHeader: string;
}

/**
 * The configuration in variables without `operatorIssues`.
 * @param local the issuers of standalone's data directory: its operators are accepted in addition
 */
export function operatorsConfigOf(
  variables: OperatorVariables & { readonly BREAK_GLASS_JWKS?: string },
  local?: LocalIssuers,
): OperatorsConfig {
  const { OPERATOR_PROXY_ADDRESSES: addresses, BREAK_GLASS_JWKS } = variables;
  const issuers = issuersOf(variables, 'OPERATOR');
  return {
    issuers: local ? [...issuers, trustedIssuerOf(local.operators)] : issuers,
    maxTokenBytes: variables.OPERATOR_MAX_TOKEN_BYTES,
    scopeRules: variables.OPERATOR_SCOPE_RULES.map(parseScopeRule),
    tokenHeader: variables.OPERATOR_TOKEN_HEADER.toLowerCase(),
    proxy:
      addresses.length === 0
        ? null
        : {
            addresses,
            userHeader: variables.OPERATOR_PROXY_USER_HEADER.toLowerCase(),
            groupsHeader: variables.OPERATOR_PROXY_GROUPS_HEADER.toLowerCase(),
          },
    breakGlass: BREAK_GLASS_JWKS === undefined ? null : parseKeySet(BREAK_GLASS_JWKS),
  };
}

/** The issuers whose tokens identify operators: the configured ones, and break-glass tokens where these are accepted. */
export function operatorIssuersOf({
  issuers,
  breakGlass,
}: Pick<OperatorsConfig, 'issuers' | 'breakGlass'>): readonly IssuerConfig[] {
  return breakGlass ? [...issuers, breakGlassIssuerOf(breakGlass)] : issuers;
}
