import {
  type NatsVariables,
  natsConnectionOf,
  type PostgresVariables,
  type RedisVariables,
} from '@admit-one/config';
import type { Diagnostic } from '@admit-one/core';
import type { Identity } from './host.ts';
import type { Logger } from './logging.ts';
import { version } from './version.ts';

/** The options of the bus on NATS, except its URL. */
export function natsOptionsOf(
  variables: Omit<NatsVariables, 'NATS_URL'>,
  { service, instance, log }: Identity,
) {
  return {
    ...natsConnectionOf(variables),
    name: instance,
    role: service,
    service: { name: service, version, id: instance },
    onError: (error: unknown) => log.error({ err: error }, 'bus_error'),
    onWarning: diagnosticLog(log, 'bus_diagnostic'),
  };
}

/** The options of the ticket store on Redis, except its URL. */
export function redisOptionsOf(variables: Omit<RedisVariables, 'REDIS_URL'>, { instance, log }: Identity) {
  return {
    source: instance,
    softBound: variables.OUTBOX_SOFT_BOUND,
    hardBound: variables.OUTBOX_HARD_BOUND,
    commandTimeoutMs: variables.REDIS_COMMAND_TIMEOUT_MS,
    onError: (error: unknown) => log.error({ err: error }, 'store_error'),
    onDiagnostic: diagnosticLog(log, 'store_diagnostic'),
  };
}

/** The options of the audit log's PostgreSQL, except its URL. */
export function postgresOptionsOf(
  variables: Omit<PostgresVariables, 'DATABASE_URL'>,
  { instance, log }: Identity,
) {
  return {
    applicationName: instance,
    poolSize: variables.DATABASE_CONNECTIONS,
    onError: (error: unknown) => log.error({ err: error }, 'database_error'),
  };
}

function diagnosticLog(log: Logger, event: string) {
  return ({ level, message, remedy }: Diagnostic) =>
    log[level === 'error' ? 'error' : 'warn']({ message, remedy }, event);
}
