import type { Diagnostic } from '@admit-one/core';
import type { NatsVariables, PostgresVariables, RedisVariables } from './config/engine-variables.ts';
import type { Identity } from './host.ts';
import type { Logger } from './logging.ts';
import { version } from './version.ts';

/** What the bus on NATS is opened with, besides its URL. */
export function natsOptionsOf(
  variables: Omit<NatsVariables, 'NATS_URL'>,
  { service, instance, log }: Identity,
) {
  return {
    ...natsConnectionOf(variables),
    name: instance,
    service: { name: service, version, id: instance },
    onError: (error: unknown) => log.error({ err: error }, 'bus_fault'),
    onWarning: diagnosticLog(log, 'bus_diagnostic'),
  };
}

/** How NATS is connected to, and what its stream should be like. */
export function natsConnectionOf(variables: Partial<NatsVariables>) {
  const { NATS_TLS_CA_FILE, NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE } = variables;
  const tls = { caFile: NATS_TLS_CA_FILE, certFile: NATS_TLS_CERT_FILE, keyFile: NATS_TLS_KEY_FILE };
  return {
    credentialsFile: variables.NATS_CREDENTIALS_FILE,
    tls: Object.values(tls).some((file) => file !== undefined) ? tls : undefined,
    stream: { maxBytes: variables.NATS_STREAM_MAX_BYTES, replicas: variables.NATS_STREAM_REPLICAS },
  };
}

/** What the ticket store on Redis is opened with, besides its URL. */
export function redisOptionsOf(variables: Omit<RedisVariables, 'REDIS_URL'>, { instance, log }: Identity) {
  return {
    source: instance,
    softBound: variables.OUTBOX_SOFT_BOUND,
    hardBound: variables.OUTBOX_HARD_BOUND,
    commandTimeoutMs: variables.REDIS_COMMAND_TIMEOUT_MS,
    onError: (error: unknown) => log.error({ err: error }, 'store_fault'),
    onDiagnostic: diagnosticLog(log, 'store_diagnostic'),
  };
}

/** What the audit log's PostgreSQL is opened with, besides its URL. */
export function postgresOptionsOf(
  variables: Omit<PostgresVariables, 'DATABASE_URL'>,
  { instance, log }: Identity,
) {
  return {
    applicationName: instance,
    poolSize: variables.DATABASE_CONNECTIONS,
    onError: (error: unknown) => log.error({ err: error }, 'database_fault'),
  };
}

function diagnosticLog(log: Logger, event: string) {
  return ({ level, message, remedy }: Diagnostic) =>
    log[level === 'error' ? 'error' : 'warn']({ message, remedy }, event);
}
