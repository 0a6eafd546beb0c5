import { openNatsBus } from '@admit-one/adapter-nats';
import { openAuditLog, openPostgres, SchemaError } from '@admit-one/adapter-postgres';
import type { AuditLog } from '@admit-one/core';
import {
  type Host,
  type HostContext,
  natsOptionsOf,
  openFrom,
  postgresOptionsOf,
  StartError,
  startHost,
} from '@admit-one/runtime';
import { auditConfigOf } from './config.ts';
import type { AuditProcessVariables } from './process-variables.ts';
import { startAuditService } from './service.ts';

/**
 * Starts an audit-service on NATS and PostgreSQL, whether or not they are there yet.
 * @throws {StartError} where a port is taken, a URL cannot be used, or a later version has migrated the database
 */
export function startAuditProcess(variables: AuditProcessVariables): Promise<Host> {
  const options = { service: 'audit-service', title: 'Admit One: audit log', variables };
  return startHost(options, async (host) => {
    const auditLog = await openTrail(variables, host);
    const bus = await openFrom('NATS_URL', () =>
      openNatsBus({ url: variables.NATS_URL, ...natsOptionsOf(variables, host) }),
    );
    host.closers.add('bus', () => bus.close());
    const service = await startAuditService(auditConfigOf(variables), { ...host, bus, auditLog });
    host.closers.add('audit-service', service.stop);
    return { routes: [service.routes], readiness: service.readiness };
  });
}

async function openTrail(variables: AuditProcessVariables, host: HostContext): Promise<AuditLog> {
  const sql = openPostgres({ url: variables.DATABASE_URL, ...postgresOptionsOf(variables, host) });
  host.closers.add('database', () => sql.close());
  try {
    return await openAuditLog(sql);
  } catch (error) {
    throw error instanceof SchemaError
      ? new StartError(`DATABASE_URL: ${error.message}`, { cause: error })
      : error;
  }
}
