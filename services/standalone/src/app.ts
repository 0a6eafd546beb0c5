import { join } from 'node:path';
import { createMemoryBus, createMemoryStore, type MemoryStore } from '@admit-one/adapter-memory';
import { openNatsBus } from '@admit-one/adapter-nats';
import { openAuditLog, openPglite, openPostgres, SchemaError, type Sql } from '@admit-one/adapter-postgres';
import { openRedisStore } from '@admit-one/adapter-redis';
import { builtInConsole, type ConsoleFiles } from '@admit-one/audit-service';
import { enginesOf, type StandaloneVariables } from '@admit-one/config';
import type { AuditLog, Bus } from '@admit-one/core';
import { openLocalIssuers } from '@admit-one/identity';
import {
  busOptionsOf,
  errorMessage,
  type Host,
  type HostContext,
  type LogOutput,
  natsOptionsOf,
  openFrom,
  postgresOptionsOf,
  redisOptionsOf,
  StartError,
  startHost,
  storeOptionsOf,
} from '@admit-one/runtime';
import { openDataDirectory } from './data/data-directory.ts';
import { openKeyFile, proxyKeyFile, sealKeyFile } from './data/key-files.ts';
import { keepOperatorToken } from './data/operator-token.ts';
import { restrictDirectory } from './data/restrict-directory.ts';
import { builtInPage, type DemoPage } from './demo/page-routes.ts';
import { type Pages, startServices } from './service.ts';

export interface StandaloneOptions extends LogOutput {
  /** The page that browsers get at `/`, by default the one that is built in; null for none. */
  readonly page?: DemoPage | null;
  /** The console at `/console`, by default the one that is built in; null for none. */
  readonly console?: ConsoleFiles | null;
}

/** A running standalone. */
export interface Standalone extends Host {
  /** The data directory, absolute. */
  readonly dataDir: string;
  /** The bus that backends publish and subscribe on. */
  readonly bus: Bus;
  /** Whether browsers get the demo page at `/`. */
  readonly page: boolean;
}

/**
 * Starts all three services on one port, on the engines whose URL is set and on embedded ones for the others. Closes
 * what it has opened if the start fails.
 * @throws {StartError} where the data directory or a port is in use, or a URL is unusable
 */
export async function startStandalone(
  variables: StandaloneVariables,
  { page = builtInPage, console = builtInConsole, ...output }: StandaloneOptions = {},
): Promise<Standalone> {
  const options = { service: 'standalone', title: 'Admit One', variables, loopbackOrigins: true, ...output };
  const host = await startHost(options, (context) => serve(variables, context, { page, console }));
  host.log.info(enginesOf(variables), 'engines');
  const { dataDir, bus, page: hasPage } = host.served;
  return { ...host, dataDir, bus, page: hasPage };
}

async function serve(variables: StandaloneVariables, host: HostContext, pages: Pages) {
  const { closers, log } = host;
  const directory = await openDataDirectory(variables.DATA_DIR);
  closers.add('data directory', () => directory.unlock());
  const local = await openLocalIssuers(directory.path, { create: true }).catch((error: unknown) => {
    throw new StartError(errorMessage(error), { cause: error });
  });
  const localSigningKey = await openKeyFile(directory.path, sealKeyFile);
  const localProxyKey = await openKeyFile(directory.path, proxyKeyFile);

  const auditLog = await openAuditLogOf(variables, host, join(directory.path, 'audit'));
  const bus = await openBus(variables, host);
  closers.add('bus', () => bus.close());
  const engine = await openTicketStore(variables, host);
  closers.add('ticket store', () => engine.store.close());
  const served = await startServices(variables, {
    host,
    local,
    localSigningKey,
    localProxyKey,
    auditLog,
    bus,
    ...pages,
    ...engine,
  });

  const operatorToken = await keepOperatorToken(directory.path, local.operators, (error) =>
    log.error({ err: error }, 'operator_token_not_written'),
  );
  closers.add('operator token', () => operatorToken.stop());
  return { ...served, dataDir: directory.path, bus };
}

/** NATS where its URL is set. */
async function openBus(variables: StandaloneVariables, host: HostContext): Promise<Bus> {
  const { NATS_URL: url } = variables;
  if (url === undefined) return createMemoryBus(busOptionsOf(host));
  return openFrom('NATS_URL', () => openNatsBus({ url, ...natsOptionsOf(variables, host), bridges: true }));
}

/** Redis where its URL is set. */
async function openTicketStore(variables: StandaloneVariables, host: HostContext): Promise<MemoryStore> {
  const { REDIS_URL: url } = variables;
  if (url === undefined) return createMemoryStore(storeOptionsOf(variables, host));
  return openFrom('REDIS_URL', () => openRedisStore({ url, ...redisOptionsOf(variables, host) }));
}

/** PostgreSQL where its URL is set. */
async function openAuditLogOf(
  variables: StandaloneVariables,
  host: HostContext,
  dataDir: string,
): Promise<AuditLog> {
  const { DATABASE_URL: url } = variables;
  const sql =
    url === undefined
      ? await openEmbedded(dataDir)
      : openPostgres({ url, ...postgresOptionsOf(variables, host) });
  host.closers.add('database', () => sql.close());
  try {
    const auditLog = await openAuditLog(sql);
    // PGlite unpacks a new database with the modes in its archive, whatever the umask.
    if (url === undefined) await restrictDirectory(dataDir);
    return auditLog;
  } catch (error) {
    const where = url === undefined ? dataDir : 'DATABASE_URL';
    throw error instanceof SchemaError
      ? new StartError(`${where}: ${error.message}`, { cause: error })
      : error;
  }
}

/** @throws {StartError} where the directory is not a database that it can open */
async function openEmbedded(dataDir: string): Promise<Sql> {
  try {
    return await openPglite({ dataDir });
  } catch (error) {
    // PGlite throws errors of its file system that are no Error.
    const why = error instanceof Error ? ` (${error.message})` : '';
    throw new StartError(
      `${dataDir} cannot be opened as a database${why}. Restore it from a backup, or move it away: the next start begins an empty audit log.`,
      { cause: error },
    );
  }
}
