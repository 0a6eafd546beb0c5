import { type ClaimValue, parseClaimValue } from '@admit-one/identity';
import { type Static, type TObject, Type } from 'typebox';
import { listVariable } from './read-variables.ts';
import { type RouteNames, unknownRouteIssues } from './routes.ts';

const MIN_TTL_SECONDS = 5;
const MAX_TTL_SECONDS = 300;

/** How long tickets live, what they are bound to, and who gets them. */
export const ticketPolicyVariables = {
  TICKET_TTL_SECONDS: Type.Integer({
    minimum: MIN_TTL_SECONDS,
    maximum: MAX_TTL_SECONDS,
    default: 30,
    description: 'Lifetime of a ticket.',
  }),
  TICKET_TTL_RULES: listVariable({
    default: '',
    description:
      'Other lifetimes, of 5 to 300 seconds, as `route=seconds` for tickets of a route or `claim:value=seconds` for tokens with a claim. The first rule that applies is used.',
    examples: ['kiosk=120,amr:otp=60'],
  }),
  TICKET_BINDING: listVariable({
    default: '',
    description:
      'What every ticket is bound to in addition to its route: `origin` (the `Origin` of its request, where there is one), `address` (the address of the client, which changes in mobile networks and between IPv4 and IPv6). Requests may bind their own tickets.',
    examples: ['origin'],
  }),
  ROUTE_REQUIRES: listVariable({
    default: '',
    description:
      'Claims that a token needs for tickets of a route, as `route=claim:value`; several of a route are alternatives. The value is the claim, an element of its list, or a word of `scope` or `scp`.',
    examples: ['admin=scope:chat.admin,admin=roles:admin'],
  }),
};

type PolicyVariables = Static<TObject<typeof ticketPolicyVariables>>;

export type TtlRule =
  | { readonly route: string; readonly seconds: number }
  | { readonly has: ClaimValue; readonly seconds: number };

export interface TicketPolicy {
  readonly ttlSeconds: number;
  /** The first that applies is used. */
  readonly ttlRules: readonly TtlRule[];
  readonly bindsOrigin: boolean;
  readonly bindsAddress: boolean;
  /** By route, what a token must have one of. */
  readonly requirements: ReadonlyMap<string, readonly ClaimValue[]>;
}

const ROUTE = '(?!ticket=|[0-9a-f]{32}=)(?<route>[a-z0-9-]{1,32})';
const CLAIM = '(?<claim>[^=]+:[^:=]+)';
const TTL_RULE = new RegExp(`^(?:${ROUTE}|${CLAIM})=(?<seconds>\\d{1,3})$`);
const REQUIREMENT = new RegExp(`^${ROUTE}=(?<claim>.+:[^:]+)$`);

const bindings: readonly string[] = ['origin', 'address'];

export function ticketPolicyIssues(variables: Partial<PolicyVariables>): readonly string[] {
  const { TICKET_TTL_RULES = [], TICKET_BINDING = [], ROUTE_REQUIRES = [] } = variables;
  return [
    ...TICKET_TTL_RULES.flatMap((rule) => {
      const seconds = TTL_RULE.exec(rule)?.groups?.seconds;
      const quoted = `TICKET_TTL_RULES: ${JSON.stringify(rule)}`;
      if (seconds === undefined) return [`${quoted} is not of the form route=seconds or claim:value=seconds`];
      return Number(seconds) < MIN_TTL_SECONDS || Number(seconds) > MAX_TTL_SECONDS
        ? [`${quoted}: a lifetime is ${MIN_TTL_SECONDS} to ${MAX_TTL_SECONDS} seconds`]
        : [];
    }),
    ...TICKET_BINDING.filter((name) => !bindings.includes(name)).map(
      (name) => `TICKET_BINDING: ${JSON.stringify(name)} is not one of ${bindings.join(', ')}`,
    ),
    ...ROUTE_REQUIRES.filter((rule) => !REQUIREMENT.test(rule)).map(
      (rule) => `ROUTE_REQUIRES: ${JSON.stringify(rule)} is not of the form route=claim:value`,
    ),
  ];
}

/** The issues of rules that name a route. For a process that knows all routes. */
export function policyRouteIssues(
  { TICKET_TTL_RULES = [], ROUTE_REQUIRES = [] }: Partial<PolicyVariables>,
  routes: RouteNames,
): readonly string[] {
  const issuesOf = (name: string, rules: readonly string[], form: RegExp) =>
    rules.flatMap((rule) =>
      unknownRouteIssues(`${name}: ${JSON.stringify(rule)}`, form.exec(rule)?.groups?.route, routes),
    );
  return [
    ...issuesOf('TICKET_TTL_RULES', TICKET_TTL_RULES, TTL_RULE),
    ...issuesOf('ROUTE_REQUIRES', ROUTE_REQUIRES, REQUIREMENT),
  ];
}

/** @param variables without `ticketPolicyIssues` */
export function ticketPolicyOf(variables: PolicyVariables): TicketPolicy {
  return {
    ttlSeconds: variables.TICKET_TTL_SECONDS,
    ttlRules: variables.TICKET_TTL_RULES.map(ttlRuleOf),
    bindsOrigin: variables.TICKET_BINDING.includes('origin'),
    bindsAddress: variables.TICKET_BINDING.includes('address'),
    requirements: requirementsOf(variables.ROUTE_REQUIRES),
  };
}

function ttlRuleOf(rule: string): TtlRule {
  const { route, claim = '', seconds } = TTL_RULE.exec(rule)?.groups ?? {};
  return route === undefined
    ? { has: parseClaimValue(claim), seconds: Number(seconds) }
    : { route, seconds: Number(seconds) };
}

function requirementsOf(rules: readonly string[]): ReadonlyMap<string, readonly ClaimValue[]> {
  const requirements = new Map<string, ClaimValue[]>();
  for (const rule of rules) {
    const { route = '', claim = '' } = REQUIREMENT.exec(rule)?.groups ?? {};
    requirements.set(route, [...(requirements.get(route) ?? []), parseClaimValue(claim)]);
  }
  return requirements;
}
