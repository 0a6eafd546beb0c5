import { openNatsBus } from '@admit-one/adapter-nats';
import { openAuditLog, openPostgres, SchemaError } from '@admit-one/adapter-postgres';
import {
  type AuditServiceVariables,
  auditConfigOf,
  auditServiceVariables,
  settingsOf,
} from '@admit-one/config';
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
import { builtInConsole } from './console/console-files.ts';
import { redirectToConsole } from './console/redirect-to-console.ts';
import { startAuditService } from './service.ts';

/**
 * Starts an audit-service on NATS and PostgreSQL, even if they are unavailable.
 * @throws {StartError} where a port is in use, a URL is unusable, or a later version has migrated the database
 */
export function startAuditProcess(variables: AuditServiceVariables): Promise<Host> {
  const options = { service: 'audit-service', title: 'Admit One: audit log', variables };
  return startHost(options, async (host) => {
    const auditLog = await openPostgresAuditLog(variables, host);
    const bus = await openFrom('NATS_URL', () =>
      openNatsBus({ url: variables.NATS_URL, ...natsOptionsOf(variables, host) }),
    );
    host.closers.add('bus', () => bus.close());
    const service = await startAuditService(auditConfigOf(variables), {
      ...host,
      bus,
      auditLog,
      settings: settingsOf(auditServiceVariables, variables),
      console: builtInConsole,
    });
    host.closers.add('audit-service', service.stop);
    const routes = builtInConsole ? [service.routes, redirectToConsole] : [service.routes];
    return { routes, readiness: service.readiness };
  });
}

async function openPostgresAuditLog(variables: AuditServiceVariables, host: HostContext): Promise<AuditLog> {
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
