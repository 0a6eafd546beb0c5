import {
  type AuditConfig,
  auditConfigOf,
  auditFaults,
  auditVariables,
  withLocalOperators,
} from '@admit-one/audit-service';
import type { LocalIssuers } from '@admit-one/identity';
import {
  type Environment,
  engineIssues,
  hostIssues,
  natsVariables,
  originVariables,
  portVariable,
  postgresVariables,
  processVariables,
  readVariables,
  redisVariables,
} from '@admit-one/runtime';
import {
  type TicketConfig,
  ticketConfig,
  ticketIssues,
  ticketVariables,
  withLocalIssuers,
} from '@admit-one/ticket-service';
import { type EdgeConfig, edgeConfigOf, edgeFaults, edgeVariables } from '@admit-one/ws-edge';
import { type Static, Type } from 'typebox';

/** The variables of standalone: those of all three services, with defaults for trying things out. */
export const standaloneVariables = {
  ...processVariables,
  HOST: { ...processVariables.HOST, default: '127.0.0.1' },
  PORT: portVariable(8080),
  DATA_DIR: Type.String({
    default: '.data',
    description: 'Directory of the audit log, the keys and the operator token.',
  }),
  DEMO_PAGE: Type.Optional(
    Type.Boolean({
      description:
        'Whether a browser that opens `/` gets the demo page. Unset it does, and only this machine may kill the edge there; with `true` anybody may; with `false` there is no page.',
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
};

const schema = Type.Object(standaloneVariables);

export type StandaloneVariables = Static<typeof schema>;

/**
 * Reads the environment.
 * @throws {ConfigError} with every fault
 */
export function readStandaloneVariables(environment: Environment): StandaloneVariables {
  return readVariables(schema, environment, (variables) => [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...ticketIssues(variables),
    ...edgeFaults(variables),
    ...auditFaults(variables, { operatorRequired: false }),
  ]);
}

/** Which engines it runs on, for the log. */
export function enginesOf({
  NATS_URL,
  REDIS_URL,
  DATABASE_URL,
}: Pick<StandaloneVariables, 'NATS_URL' | 'REDIS_URL' | 'DATABASE_URL'>) {
  return {
    bus: NATS_URL === undefined ? 'memory' : 'NATS',
    tickets: REDIS_URL === undefined ? 'memory' : 'Redis',
    trail: DATABASE_URL === undefined ? 'PGlite' : 'PostgreSQL',
  };
}

export interface ServiceConfigs {
  readonly tickets: TicketConfig;
  readonly edge: EdgeConfig;
  readonly audit: AuditConfig;
}

/** The services' configurations, with the issuers of the data directory. */
export function serviceConfigsOf(variables: StandaloneVariables, local: LocalIssuers): ServiceConfigs {
  return {
    tickets: withLocalIssuers(ticketConfig(variables), variables, local),
    edge: edgeConfigOf(variables),
    audit: withLocalOperators(auditConfigOf(variables), local),
  };
}
