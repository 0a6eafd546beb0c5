import { join } from 'node:path';
import { createMemoryBus, createMemoryStore, type MemoryStore } from '@admit-one/adapter-memory';
import { openNatsBus } from '@admit-one/adapter-nats';
import { openAuditLog, openPglite, openPostgres, SchemaError } from '@admit-one/adapter-postgres';
import { openRedisStore } from '@admit-one/adapter-redis';
import { startAuditService } from '@admit-one/audit-service';
import {
  auditConfigOf,
  edgeConfigOf,
  enginesOf,
  type StandaloneVariables,
  ticketConfigOf,
} from '@admit-one/config';
import type { AuditLog, Bus } from '@admit-one/core';
import { openLocalIssuers } from '@admit-one/identity';
import {
  type Host,
  type HostContext,
  type LogOutput,
  natsOptionsOf,
  openFrom,
  postgresOptionsOf,
  redisOptionsOf,
  StartError,
  startHost,
} from '@admit-one/runtime';
import { startTicketService, verifyPortOf } from '@admit-one/ticket-service';
import { startEdge } from '@admit-one/ws-edge';
import { openDataDirectory } from './data-directory.ts';
import { createDemo } from './demo/demo.ts';
import { builtInPage, type DemoPage } from './demo/demo-page.ts';
import { followed } from './demo/followed-audit-log.ts';
import { index, indexRoutes } from './index-routes.ts';
import { keepOperatorToken } from './operator-token.ts';

export interface StandaloneOptions extends LogOutput {
  /** The page that browsers get at `/`, by default the one that is built in; null for none. */
  readonly page?: DemoPage | null;
}

/** Standalone, running. */
export interface Standalone extends Host {
  /** The data directory, absolute. */
  readonly dataDir: string;
  /** What backends publish and subscribe on. */
  readonly bus: Bus;
  /** Whether browsers get the demo page at `/`. */
  readonly page: boolean;
}

/**
 * Starts all three services on one port, on the engines whose URL is set and on embedded ones in place of the others.
 * What was opened before a fault is closed again.
 * @throws {StartError} where the data directory or a port is taken
 */
export async function startStandalone(
  variables: StandaloneVariables,
  { page = builtInPage, ...output }: StandaloneOptions = {},
): Promise<Standalone> {
  const options = { service: 'standalone', title: 'Admit One', variables, loopbackOrigins: true, ...output };
  const host = await startHost(options, (context) => serve(variables, context, page));
  host.log.info(enginesOf(variables), 'engines');
  const { dataDir, bus, page: hasPage } = host.served;
  return { ...host, dataDir, bus, page: hasPage };
}

async function serve(variables: StandaloneVariables, host: HostContext, page: DemoPage | null) {
  const { closers, log, identify } = host;
  const directory = await openDataDirectory(variables.DATA_DIR);
  closers.add('data directory', () => directory.unlock());
  const local = await openLocalIssuers(directory.path, { create: true });
  const ticketConfig = ticketConfigOf(variables, local);

  const auditLog = followed(await openStandaloneAuditLog(variables, host, join(directory.path, 'audit')));
  const bus = await openBus(variables, host);
  closers.add('bus', () => bus.close());
  const { store, outbox } = await openTickets(variables, host);
  closers.add('ticket store', () => store.close());

  const audit = await startAuditService(auditConfigOf(variables, local), {
    ...host,
    ...identify('audit-service'),
    bus,
    auditLog,
  });
  closers.add('audit-service', audit.stop);
  const tickets = await startTicketService(ticketConfig, {
    ...host,
    ...identify('ticket-service'),
    bus,
    store,
    outbox,
  });
  closers.add('ticket-service', tickets.stop);
  const demo =
    page && variables.DEMO_PAGE !== false
      ? createDemo({
          page,
          index,
          auditLog,
          bus,
          tickets: ticketConfig,
          open: variables.DEMO_PAGE === true,
        })
      : null;
  const edge = await startEdge(edgeConfigOf(variables), {
    ...host,
    ...identify('ws-edge'),
    bus: demo?.bus ?? bus,
  });
  closers.add('ws-edge', edge.stop);
  const operatorToken = await keepOperatorToken(directory.path, local.operators, (error) =>
    log.error({ err: error }, 'operator_token_not_written'),
  );
  closers.add('operator token', () => operatorToken.stop());

  return {
    routes: [tickets.routes, audit.routes, edge.routes, demo?.routes ?? indexRoutes],
    readiness: { ...tickets.readiness, ...audit.readiness, ...edge.readiness },
    handleUpgrade: demo ? demo.before(edge.handleUpgrade) : edge.handleUpgrade,
    drain: edge.drain,
    internal: verifyPortOf(variables, tickets),
    dataDir: directory.path,
    bus,
    page: demo !== null,
  };
}

/** The bus, on NATS where its URL is set. */
async function openBus(variables: StandaloneVariables, host: HostContext): Promise<Bus> {
  const options = natsOptionsOf(variables, host);
  const { NATS_URL: url } = variables;
  if (url === undefined) return createMemoryBus(options);
  return openFrom('NATS_URL', () => openNatsBus({ url, ...options }));
}

/** The ticket store and its outbox, on Redis where its URL is set. */
async function openTickets(variables: StandaloneVariables, host: HostContext): Promise<MemoryStore> {
  const options = redisOptionsOf(variables, host);
  const { REDIS_URL: url } = variables;
  if (url === undefined) return createMemoryStore(options);
  return openFrom('REDIS_URL', () => openRedisStore({ url, ...options }));
}

/** The audit log, on PostgreSQL where its URL is set. */
async function openStandaloneAuditLog(
  variables: StandaloneVariables,
  host: HostContext,
  dataDir: string,
): Promise<AuditLog> {
  const { DATABASE_URL: url } = variables;
  const sql =
    url === undefined
      ? await openPglite({ dataDir })
      : openPostgres({ url, ...postgresOptionsOf(variables, host) });
  host.closers.add('database', () => sql.close());
  try {
    return await openAuditLog(sql);
  } catch (error) {
    const where = url === undefined ? dataDir : 'DATABASE_URL';
    throw error instanceof SchemaError
      ? new StartError(`${where}: ${error.message}`, { cause: error })
      : error;
  }
}
