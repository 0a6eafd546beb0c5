import {
  ANONYMOUS_ISSUER,
  createTokenIssuer,
  LOCAL_SYNTHETIC_CLAIM,
  type LocalIssuers,
  parseSigningKey,
  principalRuleOf,
  type SigningKey,
  trustedIssuerOf,
  type UserIssuerConfig,
  userIssuersOf,
  validateIssuers,
} from '@admit-one/identity';
import { type Static, Type } from 'typebox';
import { engineIssues, natsVariables, redisVariables } from './engines.ts';
import { type HandshakeConfig, handshakeConfigOf, handshakeIssues, handshakeVariables } from './handshake.ts';
import { hostIssues, originVariables, portVariable, processVariables } from './host.ts';
import { issuerVariables, outboundProxyIssues } from './issuers.ts';
import { type OperatorsConfig, operatorIssues, operatorsConfigOf, operatorVariables } from './operators.ts';
import {
  acceptsJwt,
  type JwtPathwayRule,
  jwtPathwayVariables,
  parseJwtPathwayRules,
  pathwayIssues,
  pathwayVariables,
} from './pathways.ts';
import { type EnvironmentVariables, listVariable, readVariables, SECRET } from './read-variables.ts';
import { parseRoutePrefixes, type RoutePrefix } from './route-prefixes.ts';
import { signingKeyIssues } from './signing-key-issues.ts';
import { type TicketLimits, ticketLimitsOf, ticketLimitVariables } from './ticket-limits.ts';
import {
  type TicketPolicy,
  ticketPolicyIssues,
  ticketPolicyOf,
  ticketPolicyVariables,
} from './ticket-policy.ts';

/** Forward authentication. */
const verifyVariables = {
  ...handshakeVariables,
  VERIFY_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description:
        'Port of the forward-authentication endpoint (`/verify`), for your proxies only: anyone who reaches it can consume tickets. Unset: disabled.',
    }),
  ),
  VERIFY_HOST: Type.String({
    default: '127.0.0.1',
    description:
      'Address that the forward-authentication endpoint listens on. Where the proxy runs elsewhere, set an internal address that only it can reach.',
  }),
  VERIFY_ROUTES: listVariable({
    default: '*=/ws,*=/api/ws',
    description:
      'Routes of the paths behind such a proxy, as `route=/prefix`. With `*`, the segment after the prefix is the route.',
    examples: ['chat=/socket.io,*=/ws'],
  }),
};

/** The ticket-service's own variables. */
export const ticketVariables = {
  ...ticketPolicyVariables,
  ...ticketLimitVariables,
  ...issuerVariables('JWT', {
    use: 'that tickets are issued for',
    noun: 'the issuer',
    defaultAudience: '',
  }),
  ...operatorVariables,
  REVOCATION_RETENTION_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 2_592_000,
    default: 86_400,
    description:
      'How long a revocation is kept where no end was given: longer than any accepted token lives, or a token of a revoked session works again.',
  }),
  ON_REPLAY: Type.Enum(['record', 'close'], {
    default: 'record',
    description:
      'What happens where a ticket is presented again by someone else: it is rejected and recorded; with `close`, the connection that it admitted is closed too, up to three times per session in ten minutes.',
  }),
  JWT_ISSUER_ALIAS: Type.String({
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    default: 'main',
    description: 'Short name of the issuer in events and bus subjects.',
  }),
  JWT_SESSION_CLAIMS: listVariable({
    default: 'sessionId,session_id,sid,origin_jti',
    description:
      'Claims that may hold the session id; the first that names one is used. Names are taken literally.',
  }),
  SESSION_POLICY: Type.Enum(['derive', 'require'], {
    default: 'derive',
    description:
      'What to do with a token that has none of these claims: derive the session from `iss`, `sub` and `auth_time`, or reject it.',
  }),
  JWT_USER_CLAIM: Type.String({ default: 'sub', description: 'The claim that holds the user id.' }),
  JWT_NESTED_CLAIMS: Type.Boolean({
    default: false,
    description:
      'Where no claim is literally called `a.b`, read the member `b` of the claim `a`. For session, user and attributes.',
  }),
  JWT_LOGOUT_AUDIENCE: listVariable({
    default: '',
    description:
      'Accepted audiences of logout tokens (OpenID Connect Back-Channel Logout 1.0), which are client ids. Default: JWT_AUDIENCE.',
    examples: ['my-client'],
  }),
  JWT_LOGOUT_EXP_REQUIRED: Type.Boolean({
    default: true,
    description: 'Reject logout tokens without `exp`, as older Keycloak and authentik send them.',
  }),
  PRINCIPAL_ATTRIBUTES: listVariable({
    default: '',
    description:
      'Claims to record in events and to pass on with every connection: at most 16, of 1,024 characters each and 8 KiB in total. Names are taken literally.',
    examples: ['roles'],
  }),
  JWT_SYNTHETIC_CLAIM: Type.Optional(
    Type.String({
      pattern: '^.+:[^:]+$',
      description:
        'What the token of a probe has and no user can have, as `claim:value`: its events are marked as synthetic. Not for `JWT_ISSUERS`, whose entries have a `syntheticClaim` each.',
      examples: ['azp:admit-probe'],
    }),
  ),
  ANONYMOUS_SESSIONS: Type.Boolean({
    default: false,
    description: 'Allow sessions without a login.',
  }),
  ANONYMOUS_SIGNING_KEY: Type.Optional(
    Type.String({
      ...SECRET,
      description: 'Private JWK (EC, P-256) that signs anonymous sessions. Use the same key on all replicas.',
    }),
  ),
  ANONYMOUS_TOKEN_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    default: 3_600,
    description: "Lifetime of an anonymous session's token.",
  }),
  ...pathwayVariables,
  ...jwtPathwayVariables,
  ...verifyVariables,
};

/** All variables of a ticket-service process. */
export const ticketServiceVariables = {
  ...processVariables,
  PORT: portVariable(8080),
  ...natsVariables,
  ...redisVariables,
  ...originVariables,
  ...ticketVariables,
};

const ownSchema = Type.Object(ticketVariables);
const schema = Type.Object(ticketServiceVariables);

export type TicketVariables = Static<typeof ownSchema>;
export type TicketServiceVariables = Static<typeof schema>;

/** @throws {ConfigError} with all issues */
export function readTicketServiceVariables(environment: EnvironmentVariables): TicketServiceVariables {
  return readVariables(schema, environment, ticketServiceIssues);
}

/** The issues of `ticketServiceVariables` that their schemas can't express. */
export function ticketServiceIssues(variables: Partial<TicketServiceVariables>): readonly string[] {
  return [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...ticketIssues(variables),
    ...missingIssuerIssues(variables),
  ];
}

/** The issues of `ticketVariables` that their schemas can't express. */
export function ticketIssues(variables: Partial<TicketVariables>): readonly string[] {
  const { VERIFY_ROUTES: routes, ANONYMOUS_SIGNING_KEY: key, JWT_PATHWAY_PERCENT: jwtRules = [] } = variables;
  return [
    ...validateIssuers(variables, 'JWT'),
    ...operatorIssues(variables),
    ...ticketPolicyIssues(variables),
    ...outboundProxyIssues(variables),
    ...signingKeyIssues('ANONYMOUS_SIGNING_KEY', key),
    ...handshakeIssues(variables),
    ...pathwayIssues(variables),
    ...parseJwtPathwayRules(jwtRules).issues,
    ...(routes ? parseRoutePrefixes(routes).issues.map((issue) => `VERIFY_ROUTES: ${issue}`) : []),
  ];
}

/** The issues of a process without local issuers, in which nobody could get a ticket. Backends are among the operators. */
function missingIssuerIssues(variables: Partial<TicketVariables>): readonly string[] {
  const { JWT_ISSUER, JWT_ISSUERS, ANONYMOUS_SESSIONS, ANONYMOUS_SIGNING_KEY } = variables;
  const issues: string[] = [];
  const issuers = [JWT_ISSUER, JWT_ISSUERS, variables.OPERATOR_ISSUER, variables.OPERATOR_ISSUERS];
  if (issuers.every((issuer) => issuer === undefined) && ANONYMOUS_SESSIONS === false)
    issues.push(
      'JWT_ISSUER: is not set. Set JWT_ISSUER or JWT_ISSUERS, or set ANONYMOUS_SESSIONS to true: without an issuer nobody can get a ticket. Where only a backend requests tickets, set OPERATOR_ISSUER. Example: JWT_ISSUER=https://login.example.com/ and JWT_AUDIENCE=my-app',
    );
  if (ANONYMOUS_SESSIONS && ANONYMOUS_SIGNING_KEY === undefined)
    issues.push(
      'ANONYMOUS_SIGNING_KEY: is not set. ANONYMOUS_SESSIONS needs a private JWK (EC, P-256), which `admit keys` makes.',
    );
  return issues;
}

/** The configuration of the ticket-service. */
export interface TicketConfig {
  readonly policy: TicketPolicy;
  readonly limits: TicketLimits;
  /** The issuers of users' tokens. */
  readonly issuers: readonly UserIssuerConfig[];
  readonly maxTokenBytes: number;
  /** Who may revoke. */
  readonly operators: OperatorsConfig;
  /** How long a revocation is kept where no end was given. */
  readonly revocationRetentionMs: number;
  /** Whether the connection that a ticket has admitted is closed where it is presented again. */
  readonly closesOnReplay: boolean;
  /** Null where anonymous sessions are off. */
  readonly anonymous: AnonymousConfig | null;
  readonly verify: VerifyConfig;
  /** For whom an upgrade may carry a JWT; null where that is off. */
  readonly jwtPathway: readonly JwtPathwayRule[] | null;
}

export interface AnonymousConfig {
  readonly key: SigningKey;
  readonly tokenSeconds: number;
}

/** Forward authentication. */
export interface VerifyConfig extends HandshakeConfig {
  /** The longest prefix first. */
  readonly routes: readonly RoutePrefix[];
}

/**
 * The configuration in variables without `ticketIssues`.
 * @param local the issuers of standalone's data directory: the users' issuer is used where none is configured, the
 * anonymous key where none is set
 */
export function ticketConfigOf(variables: TicketVariables, local?: LocalIssuers): TicketConfig {
  const issuers = userIssuersOf(variables);
  const { ANONYMOUS_SESSIONS, ANONYMOUS_SIGNING_KEY, ANONYMOUS_TOKEN_SECONDS: tokenSeconds } = variables;
  const key =
    ANONYMOUS_SIGNING_KEY === undefined ? local?.anonymous.key : parseSigningKey(ANONYMOUS_SIGNING_KEY);
  return {
    policy: ticketPolicyOf(variables),
    limits: ticketLimitsOf(variables),
    issuers: issuers.length === 0 && local ? [localIssuerOf(local, variables)] : issuers,
    maxTokenBytes: variables.JWT_MAX_TOKEN_BYTES,
    operators: operatorsConfigOf(variables, local),
    revocationRetentionMs: variables.REVOCATION_RETENTION_SECONDS * 1000,
    closesOnReplay: variables.ON_REPLAY === 'close',
    anonymous: ANONYMOUS_SESSIONS && key !== undefined ? { key, tokenSeconds } : null,
    jwtPathway: acceptsJwt(variables) ? parseJwtPathwayRules(variables.JWT_PATHWAY_PERCENT).rules : null,
    verify: {
      ...handshakeConfigOf(variables),
      routes: parseRoutePrefixes(variables.VERIFY_ROUTES).prefixes,
    },
  };
}

/** Anyone who can read the keys of the data directory can sign a probe's token, and nobody else can. */
function localIssuerOf({ users }: LocalIssuers, variables: TicketVariables): UserIssuerConfig {
  const principals = { ...principalRuleOf(variables), syntheticClaim: LOCAL_SYNTHETIC_CLAIM };
  return { ...trustedIssuerOf(users), principals };
}

/** The issuers whose tokens get tickets: the configured ones, and our own where anonymous sessions are on. */
export function acceptedIssuersOf({ issuers, anonymous }: TicketConfig): readonly UserIssuerConfig[] {
  return anonymous ? [...issuers, anonymousIssuerOf(anonymous.key)] : issuers;
}

/** Our own tokens must name their session; no setting changes that. */
function anonymousIssuerOf(key: SigningKey): UserIssuerConfig {
  const { alias, issuer, audience } = ANONYMOUS_ISSUER;
  return {
    alias,
    issuer,
    audiences: [audience],
    algorithms: [key.alg],
    keys: { jwks: createTokenIssuer({ issuer, audience, key }).jwks() },
    principals: {
      sessionClaims: ['sessionId'],
      sessionPolicy: 'require',
      userClaim: 'sub',
      attributeClaims: [],
    },
  };
}
