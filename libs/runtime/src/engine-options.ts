import {
  type NatsVariables,
  natsConnectionOf,
  type PostgresVariables,
  type RedisVariables,
} from '@admit-one/config';
import type { Diagnostic } from '@admit-one/core';
import type { HostContext } from './host.ts';
import { type Logger, logAt } from './logging.ts';
import { createRepeatLog, createRepeats } from './repeat-log.ts';
import { version } from './version.ts';

type EngineContext = Pick<HostContext, 'service' | 'instance' | 'log' | 'dependencies'>;

/** The options of the bus on NATS, except its URL. */
export function natsOptionsOf(
  variables: Omit<NatsVariables, 'NATS_URL'>,
  { service, instance, log, dependencies }: EngineContext,
) {
  return {
    ...natsConnectionOf(variables),
    name: instance,
    role: service,
    service: { name: service, version, id: instance },
    ...dependencies.watch('nats'),
    ...busOptionsOf({ log, dependencies }),
    onDiagnostic: diagnosticLog(log, 'bus_diagnostic'),
  };
}

/** The options of a bus in memory. */
export function busOptionsOf({ log, dependencies }: Pick<EngineContext, 'log' | 'dependencies'>) {
  return { onError: createRepeatLog(log, dependencies.isAnyDown) };
}

/** The options of the ticket store on Redis, except its URL. */
export function redisOptionsOf(
  variables: Omit<RedisVariables, 'REDIS_URL'>,
  { instance, log, dependencies }: EngineContext,
) {
  return {
    ...storeOptionsOf(variables, { instance }),
    commandTimeoutMs: variables.REDIS_COMMAND_TIMEOUT_MS,
    ...dependencies.watch('redis'),
    onDiagnostic: diagnosticLog(log, 'store_diagnostic'),
  };
}

/** The options of a ticket store in memory. */
export function storeOptionsOf(
  variables: Pick<RedisVariables, 'OUTBOX_SOFT_BOUND' | 'OUTBOX_HARD_BOUND'>,
  { instance }: Pick<EngineContext, 'instance'>,
) {
  return {
    source: instance,
    softBound: variables.OUTBOX_SOFT_BOUND,
    hardBound: variables.OUTBOX_HARD_BOUND,
  };
}

/** The options of the audit log's PostgreSQL, except its URL. */
export function postgresOptionsOf(
  variables: Omit<PostgresVariables, 'DATABASE_URL'>,
  { instance, log, dependencies }: EngineContext,
) {
  return {
    applicationName: instance,
    poolSize: variables.DATABASE_CONNECTIONS,
    ...dependencies.watch('postgres'),
    onError: (err: unknown) => log.debug({ err }, 'database_connection_lost'),
  };
}

function diagnosticLog(log: Logger, name: 'bus_diagnostic' | 'store_diagnostic') {
  const repeats = createRepeats();
  return ({ level, message: issue, remedy }: Diagnostic) => {
    if (repeats(issue) !== undefined)
      logAt(log, level === 'error' ? 'ERROR' : 'WARNING', { issue, remedy }, name);
  };
}
