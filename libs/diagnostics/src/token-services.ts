import {
  type AuditVariables,
  acceptedIssuersOf,
  auditConfigOf,
  auditIssues,
  auditVariables,
  type EnvironmentVariables,
  operatorIssuersOf,
  type TicketVariables,
  ticketConfigOf,
  ticketIssues,
  ticketVariables,
  tryVariables,
  type VariablesReading,
} from '@admit-one/config';
import {
  ANY_AUDIENCE,
  type AuthenticatedUser,
  type Authentication,
  bearerTokenOf,
  createOperatorAuthentication,
  createUserAuthentication,
  type ExplainedTopic,
  explainOperatorToken,
  explainUserToken,
  type LocalIssuers,
  type Operator,
  principalRuleOf,
  requireScope,
  tokenChecks,
  trustIssuers,
} from '@admit-one/identity';
import { type TObject, Type } from 'typebox';

/** A service that verifies tokens, with the settings that it would start with. */
export interface TokenService {
  readonly name: 'ticket-service' | 'audit-service';
  /** The issues that prevent its start. */
  readonly issues: readonly string[];
  /** The issuers that it accepts; empty where the settings are unusable. */
  readonly issuers: readonly string[];
  explain(token: string): Promise<readonly ExplainedTopic[]>;
  /** What the service answers to a request with the token; null where it does not start. Names the user or operator. */
  verify(token: string): Promise<Authentication<string> | null>;
}

/** @param local the issuers of a data directory */
export function ticketTokens(
  environment: EnvironmentVariables,
  local: LocalIssuers | undefined,
): TokenService {
  const schema = Type.Object({
    ...ticketVariables,
    ANONYMOUS_SESSIONS: { ...ticketVariables.ANONYMOUS_SESSIONS, default: local !== undefined },
  });
  const reading = tryVariables(schema, environment, ticketIssues);
  const anyAudience = { ...reading.variables, JWT_AUDIENCE: [ANY_AUDIENCE] };
  if (!isUsable(schema, reading, ticketIssues(anyAudience)))
    return unusable('ticket-service', reading.issues);

  const variables = reading.variables as TicketVariables;
  const config = ticketConfigOf(variables, local);
  const { maxTokenBytes } = config;
  const issuers = acceptedIssuersOf(config);
  const listed = variables.JWT_ISSUERS !== undefined;
  const rule = principalRuleOf(variables);
  const authenticate = createUserAuthentication({ issuers: trustIssuers(issuers), maxTokenBytes });
  return {
    name: 'ticket-service',
    issues: reading.issues,
    issuers: issuers.map(({ issuer }) => issuer),
    explain: (token) => explainUserToken(token, { prefix: 'JWT', listed, issuers, maxTokenBytes, rule }),
    async verify(token) {
      return reading.issues.length > 0 ? null : named(await authenticate(`Bearer ${token}`), userName);
    },
  };
}

/** @param local the issuers of a data directory */
export function auditTokens(
  environment: EnvironmentVariables,
  local: LocalIssuers | undefined,
): TokenService {
  const schema = Type.Object(auditVariables);
  const reading = tryVariables(schema, environment, auditIssues);
  const anyAudience = { ...reading.variables, OPERATOR_AUDIENCE: [ANY_AUDIENCE] };
  if (!isUsable(schema, reading, auditIssues(anyAudience))) return unusable('audit-service', reading.issues);

  const variables = reading.variables as AuditVariables;
  const { operators } = auditConfigOf(variables, local);
  const { scopeRules, maxTokenBytes } = operators;
  const issuers = operatorIssuersOf(operators);
  const listed = variables.OPERATOR_ISSUERS !== undefined;
  const authenticate = createOperatorAuthentication({
    issuers: trustIssuers(issuers),
    maxTokenBytes,
    scopeRules,
  });
  return {
    name: 'audit-service',
    issues: reading.issues,
    issuers: issuers.map(({ issuer }) => issuer),
    explain: (token) =>
      explainOperatorToken(token, { prefix: 'OPERATOR', listed, issuers, maxTokenBytes, scopeRules }),
    async verify(token) {
      if (reading.issues.length > 0) return null;
      const sent = bearerTokenOf(`Bearer ${token}`);
      if (sent === null)
        return { kind: 'rejected', rejection: { reason: 'token_invalid', detail: tokenChecks.missing } };
      return named(requireScope(await authenticate(sent), 'audit:read'), operatorName);
    },
  };
}

/** A service does not start without an audience, but a token can be explained, and shows which one to set. */
function isUsable<Schema extends TObject>(
  { properties, required }: Schema,
  { variables }: VariablesReading<Schema>,
  otherIssues: readonly string[],
): boolean {
  const isComplete = Object.keys(properties).every(
    (name) => Object.hasOwn(variables, name) || !required?.includes(name),
  );
  return isComplete && otherIssues.length === 0;
}

function unusable(name: TokenService['name'], issues: readonly string[]): TokenService {
  return { name, issues, issuers: [], explain: async () => [], verify: async () => null };
}

function named<Who>(result: Authentication<Who>, nameOf: (who: Who) => string): Authentication<string> {
  return result.kind === 'rejected' ? result : { kind: 'authenticated', who: nameOf(result.who) };
}

function userName({ principal: { session, issuer, user } }: AuthenticatedUser): string {
  const ofUser = user === null ? '' : `, user ${JSON.stringify(user)}`;
  return `session ${JSON.stringify(session)} of issuer ${issuer}${ofUser}`;
}

function operatorName({ subject, scopes, from }: Operator): string {
  const by = from.kind === 'token' ? `of issuer ${from.issuer}` : 'with a break-glass token';
  return `operator ${JSON.stringify(subject)} ${by}, scope ${scopes.join(', ')}`;
}
