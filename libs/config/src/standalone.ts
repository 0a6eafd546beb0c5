import { type Static, Type } from 'typebox';
import { auditIssues, auditVariables } from './audit-service.ts';
import { engineIssues, natsVariables, postgresVariables, redisVariables } from './engines.ts';
import { hostIssues, originVariables, portVariable, processVariables } from './host.ts';
import { type EnvironmentVariables, readVariables } from './read-variables.ts';
import { parseRoutes } from './routes.ts';
import { policyRouteIssues } from './ticket-policy.ts';
import { ticketIssues, ticketVariables } from './ticket-service.ts';
import { edgeIssues, edgeVariables } from './ws-edge.ts';

/** The variables of standalone: those of all three services, with defaults for trying things out. */
export const standaloneVariables = {
  ...processVariables,
  HOST: { ...processVariables.HOST, default: '127.0.0.1' },
  PORT: portVariable(8080),
  DATA_DIR: Type.String({
    default: '.data',
    description: 'Directory of the embedded audit log, the signing keys and the operator token.',
  }),
  DEMO_PAGE: Type.Optional(
    Type.Boolean({
      description:
        'Serve the demo page at `/`. Unset: yes, but only this machine may kill the edge there, directly and by a local `Host`; `true`: anyone may; `false`: no page.',
    }),
  ),
  ...natsVariables,
  NATS_URL: Type.Optional(natsVariables.NATS_URL),
  ...redisVariables,
  REDIS_URL: Type.Optional(redisVariables.REDIS_URL),
  OUTBOX_SOFT_BOUND: { ...redisVariables.OUTBOX_SOFT_BOUND, default: 4_000 },
  OUTBOX_HARD_BOUND: { ...redisVariables.OUTBOX_HARD_BOUND, default: 5_000 },
  ...postgresVariables,
  DATABASE_URL: Type.Optional(postgresVariables.DATABASE_URL),
  ...originVariables,
  ...ticketVariables,
  ANONYMOUS_SESSIONS: { ...ticketVariables.ANONYMOUS_SESSIONS, default: true },
  ...edgeVariables,
  ROUTES: { ...edgeVariables.ROUTES, default: 'default=echo,echo=echo,bridge=bridge' },
  DRAIN_SECONDS: { ...edgeVariables.DRAIN_SECONDS, default: 1 },
  ...auditVariables,
  AUDIT_RETENTION_BYTES: Type.Integer({
    minimum: 2 ** 26,
    default: 2 ** 32,
    description:
      'How many bytes the events of the audit log may take on disk. Above it, the oldest days are dropped before AUDIT_RETENTION_DAYS; never today.',
  }),
};

const schema = Type.Object(standaloneVariables);

export type StandaloneVariables = Static<typeof schema>;

/** @throws {ConfigError} with all issues */
export function readStandaloneVariables(environment: EnvironmentVariables): StandaloneVariables {
  return readVariables(schema, environment, standaloneIssues);
}

/** The issues of `standaloneVariables` that their schemas can't express. */
export function standaloneIssues(variables: Partial<StandaloneVariables>): readonly string[] {
  return [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...ticketIssues(variables),
    ...(variables.ROUTES ? policyRouteIssues(variables, parseRoutes(variables.ROUTES).routes) : []),
    ...edgeIssues(variables),
    ...auditIssues(variables),
  ];
}

type EngineUrls = Partial<Pick<StandaloneVariables, 'NATS_URL' | 'REDIS_URL' | 'DATABASE_URL'>>;

/** The engines that standalone uses: an embedded one where no URL is set. */
export function enginesOf({ NATS_URL, REDIS_URL, DATABASE_URL }: EngineUrls) {
  return {
    bus: NATS_URL === undefined ? 'memory' : 'NATS',
    tickets: REDIS_URL === undefined ? 'memory' : 'Redis',
    auditLog: DATABASE_URL === undefined ? 'PGlite' : 'PostgreSQL',
  };
}
