import { type AuditConfig, auditConfigOf, auditFaults, auditVariables } from '@admit-one/audit-service';
import type { LocalIssuers } from '@admit-one/identity';
import {
  type Environment,
  originFault,
  originVariables,
  portVariable,
  processVariables,
  readVariables,
} from '@admit-one/runtime';
import { type TicketConfig, ticketConfig, ticketFaults, ticketVariables } from '@admit-one/ticket-service';
import { type EdgeConfig, edgeConfigOf, edgeFaults, edgeVariables } from '@admit-one/ws-edge';
import { type Static, Type } from 'typebox';

/** Engines that a later release takes by URL. To ignore one that is set would be to run on the wrong data. */
const engineVariables = ['NATS_URL', 'REDIS_URL', 'DATABASE_URL'] as const;

/** The variables of standalone: those of all three services, with defaults for trying things out. */
export const standaloneVariables = {
  ...processVariables,
  HOST: { ...processVariables.HOST, default: '127.0.0.1' },
  PORT: portVariable(8080),
  DATA_DIR: Type.String({
    default: '.data',
    description: 'Directory of the audit log, the keys and the operator token.',
  }),
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
    ...(variables.FRONTEND_ORIGINS ?? []).flatMap((entry) =>
      faultLine('FRONTEND_ORIGINS', originFault(entry)),
    ),
    ...ticketFaults(variables),
    ...edgeFaults(variables),
    ...auditFaults(variables, { operatorRequired: false }),
    ...engineVariables
      .filter((name) => environment[name])
      .map((name) => `${name}: standalone runs on its embedded engines in this release; unset it`),
  ]);
}

function faultLine(variable: string, fault: string | undefined): readonly string[] {
  return fault === undefined ? [] : [`${variable}: ${fault}`];
}

export interface ServiceConfigs {
  readonly tickets: TicketConfig;
  readonly edge: EdgeConfig;
  readonly audit: AuditConfig;
}

/** The services' configurations. Where no issuer is configured, the local one of the data directory stands in. */
export function serviceConfigsOf(variables: StandaloneVariables, local: LocalIssuers): ServiceConfigs {
  const tickets = ticketConfig(variables);
  const audit = auditConfigOf(variables);
  const { users, operators, anonymous } = local;
  return {
    tickets: {
      ...tickets,
      issuers: tickets.issuers.length > 0 ? tickets.issuers : [trusted(users)],
      anonymous:
        tickets.anonymous ??
        (variables.ANONYMOUS_SESSIONS
          ? { key: anonymous.key, tokenSeconds: variables.ANONYMOUS_TOKEN_SECONDS }
          : null),
    },
    edge: edgeConfigOf(variables),
    audit: { ...audit, operators: [...audit.operators, trusted(operators)] },
  };
}

function trusted({ alias, issuer, audience, jwks }: LocalIssuers['users']) {
  return { alias, issuer, audiences: [audience], keys: { jwks: jwks() } };
}
