import type { SigningKey } from '@admit-one/identity';
import { type Static, Type } from 'typebox';
import { engineIssues, natsVariables } from './engines.ts';
import { type HandshakeConfig, handshakeConfigOf, handshakeIssues, handshakeVariables } from './handshake.ts';
import { hostIssues, originVariables, portVariable, processVariables } from './host.ts';
import { acceptsJwt, pathwayIssues, pathwayVariables } from './pathways.ts';
import {
  missingProxyKeyIssues,
  type ProxyConfig,
  proxyConfigOf,
  proxyIssues,
  proxyVariables,
} from './proxy.ts';
import { type EnvironmentVariables, listVariable, readVariables } from './read-variables.ts';
import {
  expiryIssues,
  parseExpiry,
  parseRoutes,
  parseStaleness,
  type RouteRule,
  routeKinds,
  stalenessIssues,
} from './routes.ts';
import { limitOf, limitVariable } from './ticket-limits.ts';

/** The ws-edge's own variables. */
export const edgeVariables = {
  ...handshakeVariables,
  ...pathwayVariables,
  ROUTES: listVariable({
    default: 'default=bridge',
    description: `The routes, as \`name=kind\`; the route of \`/ws\` itself is \`default\`. Kinds: ${Object.keys(routeKinds).join(', ')}.`,
    examples: [
      'default=bridge,chat=bridge,try=echo',
      'default=bridge,graphql=proxy:ws://graphql.internal:4000/graphql',
    ],
  }),
  ...proxyVariables,
  REVOCATION_MAX_STALENESS_SECONDS: listVariable({
    default: '',
    description:
      'For how long the edge may not know what was revoked, by route (`chat=30`) or for all (`30`): then its connections are closed with 1012 and upgrades rejected. At least 15. Unset: they stay open until the edge reaches the bus again.',
    examples: ['default=30,chat=30'],
  }),
  CONNECTION_EXPIRY: listVariable({
    default: 'session',
    description:
      'When connections expire, by route (`chat=token`) or for all: `token`, with the token that their ticket was issued with; seconds, from when they opened; or `session`, when their session is revoked. A client renews them with a fresh token; the others are closed with 4408. At least 10 seconds.',
    examples: ['token', 'chat=token,feed=900'],
  }),
  CONNECTION_EXPIRY_GRACE_SECONDS: Type.Number({
    minimum: 0,
    maximum: 300,
    default: 30,
    description: 'How long after its expiry a connection is closed: time for its client to renew it.',
  }),
  HEARTBEAT_SECONDS: Type.Number({
    minimum: 1,
    maximum: 3600,
    default: 25,
    description:
      'Interval of pings. Keep it below the idle timeout of every proxy on the path; a connection from which nothing comes for a whole interval after one is ended.',
  }),
  CONNECTION_LIFETIME_SECONDS: Type.Number({
    minimum: 10,
    maximum: 604_800,
    default: 3600,
    description:
      'Maximum age of a connection. It is closed with 1012 at 90 to 100 % of it, before a load balancer would cut it.',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 1,
    default: 10_000,
    description: 'Maximum number of connections of one instance; each uses a file descriptor.',
  }),
  MAX_CONNECTIONS_PER_SESSION: limitVariable(
    20,
    'Connections that one session may hold: exactly at each instance; over all instances, as far as they have told each other.',
  ),
  MAX_CONNECTIONS_PER_USER: limitVariable(100, 'The same for all sessions of one user.'),
  FAILED_UPGRADES_PER_MINUTE: limitVariable(
    3_000,
    'Upgrades of one network (IPv4 address, IPv6 /64; eight times as many for a /48) that an instance may reject in a minute because of what the client sent. Above it, its upgrades without a well-formed ticket get 429 before anything is looked up, and those with one are looked up an eighth of MAX_HANDSHAKES at a time.',
  ),
  MAX_HANDSHAKES: Type.Integer({
    minimum: 1,
    default: 1000,
    description: 'Maximum number of handshakes that wait for the ticket-service at a time.',
  }),
  MAX_MESSAGE_BYTES: Type.Integer({
    minimum: 1,
    maximum: 16_777_216,
    default: 65_536,
    description: 'Maximum size of a message from a client.',
  }),
  MAX_BUFFERED_BYTES: Type.Integer({
    minimum: 1,
    default: 1_048_576,
    description:
      'Maximum number of bytes buffered for a client that reads slowly. Its connection is then closed.',
  }),
  MAX_TOTAL_BUFFERED_BYTES: Type.Integer({
    minimum: 1,
    default: 268_435_456,
    description:
      'Maximum number of bytes buffered for all clients together, and for the upstreams of proxied connections. Above it, the connections that hold most are closed.',
  }),
  MAX_MESSAGES_PER_SECOND: Type.Integer({
    minimum: 1,
    default: 500,
    description:
      'Messages, pings and pongs that one client may send per second, on average; a burst may have those of two seconds. A faster client is not read for a moment, and closed with 4429 after 10 s.',
  }),
  MAX_BYTES_PER_SECOND: Type.Integer({
    minimum: 1,
    default: 524_288,
    description: 'The same for the bytes of its messages.',
  }),
  DRAIN_SECONDS: Type.Number({
    minimum: 0,
    maximum: 3600,
    default: 10,
    description: 'Period over which connections are closed at shutdown; 0 closes all at once.',
  }),
};

/** All variables of a ws-edge process. */
export const wsEdgeVariables = {
  ...processVariables,
  PORT: portVariable(8081),
  METRICS_PORT: { ...processVariables.METRICS_PORT, default: 9465 },
  ...natsVariables,
  ...originVariables,
  ...edgeVariables,
};

const ownSchema = Type.Object(edgeVariables);
const schema = Type.Object(wsEdgeVariables);

export type EdgeVariables = Static<typeof ownSchema>;
export type WsEdgeVariables = Static<typeof schema>;

/** @throws {ConfigError} with all issues */
export function readWsEdgeVariables(environment: EnvironmentVariables): WsEdgeVariables {
  return readVariables(schema, environment, wsEdgeIssues);
}

/** The issues of `wsEdgeVariables` that their schemas can't express. */
export function wsEdgeIssues(variables: Partial<WsEdgeVariables>): readonly string[] {
  const { routes } = parseRoutes(variables.ROUTES ?? []);
  return [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...edgeIssues(variables),
    ...missingProxyKeyIssues(variables, routes),
  ];
}

/** The issues of `edgeVariables` that their schemas can't express. */
export function edgeIssues(
  variables: Partial<EdgeVariables> & { readonly SHUTDOWN_SECONDS?: number },
): readonly string[] {
  const { ROUTES, MAX_BUFFERED_BYTES: buffered, MAX_MESSAGE_BYTES: message } = variables;
  const { MAX_TOTAL_BUFFERED_BYTES: total } = variables;
  const { DRAIN_SECONDS: drain, SHUTDOWN_SECONDS: shutdown } = variables;
  const { REVOCATION_MAX_STALENESS_SECONDS: staleness = [] } = variables;
  const { CONNECTION_EXPIRY: expiry = [] } = variables;
  const issues = [...handshakeIssues(variables), ...pathwayIssues(variables), ...proxyIssues(variables)];
  if (ROUTES) {
    const { routes, issues: ofRoutes } = parseRoutes(ROUTES);
    issues.push(...expiryIssues(expiry, routes), ...stalenessIssues(staleness, routes));
    issues.push(...ofRoutes.map((issue) => `ROUTES: ${issue}`));
  }
  if (buffered !== undefined && message !== undefined && buffered < message)
    issues.push(`MAX_BUFFERED_BYTES: must be ≥ MAX_MESSAGE_BYTES (got ${buffered} < ${message})`);
  if (total !== undefined && buffered !== undefined && total < buffered)
    issues.push(`MAX_TOTAL_BUFFERED_BYTES: must be ≥ MAX_BUFFERED_BYTES (got ${total} < ${buffered})`);
  if (drain !== undefined && shutdown !== undefined && drain > shutdown)
    issues.push(`DRAIN_SECONDS: must be ≤ SHUTDOWN_SECONDS (got ${drain} > ${shutdown})`);
  return issues;
}

/** The configuration of a ws-edge. */
export interface EdgeConfig extends HandshakeConfig {
  /** Whether a JWT may be presented in the place of a ticket. */
  readonly acceptsJwt: boolean;
  /** By name. */
  readonly routes: ReadonlyMap<string, RouteRule>;
  /** Null where no route is a proxy. */
  readonly proxy: ProxyConfig | null;
  /** Time limit of a whole handshake, from the request to the confirmed ticket. */
  readonly handshakeMs: number;
  /** By route, for how long it may be unknown what was revoked. */
  readonly maxStalenessMs: ReadonlyMap<string, number>;
  /** By route, when connections expire: with their token, or after milliseconds. Those of other routes do not. */
  readonly expiry: ReadonlyMap<string, 'token' | number>;
  /** How long after its expiry a connection is closed. */
  readonly expiryGraceMs: number;
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerSession: number;
  readonly maxConnectionsPerUser: number;
  readonly failedUpgradesPerMinute: number;
  readonly maxHandshakes: number;
  readonly maxMessageBytes: number;
  readonly maxBufferedBytes: number;
  readonly maxTotalBufferedBytes: number;
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly drainMs: number;
  /** How long a client may take to answer a close frame. */
  readonly closeMs: number;
}

/** Longer than the gate's time limits to reserve and to confirm; an upstream has its own limit in between. */
const HANDSHAKE_MS = 6_000;
const CLOSE_MS = 5_000;

/**
 * The configuration in variables without `edgeIssues`.
 * @param localProxyKey the key of standalone's data directory, which signs where no other is set
 */
export function edgeConfigOf(variables: EdgeVariables, localProxyKey?: SigningKey): EdgeConfig {
  const { routes } = parseRoutes(variables.ROUTES);
  const proxy = proxyConfigOf(variables, routes, localProxyKey);
  return {
    ...handshakeConfigOf(variables),
    acceptsJwt: acceptsJwt(variables),
    routes,
    proxy,
    maxStalenessMs: parseStaleness(variables.REVOCATION_MAX_STALENESS_SECONDS, routes),
    handshakeMs: HANDSHAKE_MS + (proxy?.handshakeMs ?? 0),
    expiry: parseExpiry(variables.CONNECTION_EXPIRY, routes),
    expiryGraceMs: variables.CONNECTION_EXPIRY_GRACE_SECONDS * 1000,
    heartbeatMs: variables.HEARTBEAT_SECONDS * 1000,
    lifetimeMs: variables.CONNECTION_LIFETIME_SECONDS * 1000,
    maxConnections: variables.MAX_CONNECTIONS,
    maxConnectionsPerSession: limitOf(variables.MAX_CONNECTIONS_PER_SESSION),
    maxConnectionsPerUser: limitOf(variables.MAX_CONNECTIONS_PER_USER),
    failedUpgradesPerMinute: limitOf(variables.FAILED_UPGRADES_PER_MINUTE),
    maxHandshakes: variables.MAX_HANDSHAKES,
    maxMessageBytes: variables.MAX_MESSAGE_BYTES,
    maxBufferedBytes: variables.MAX_BUFFERED_BYTES,
    maxTotalBufferedBytes: variables.MAX_TOTAL_BUFFERED_BYTES,
    maxMessagesPerSecond: variables.MAX_MESSAGES_PER_SECOND,
    maxBytesPerSecond: variables.MAX_BYTES_PER_SECOND,
    drainMs: variables.DRAIN_SECONDS * 1000,
    closeMs: CLOSE_MS,
  };
}
