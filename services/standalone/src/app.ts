import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import { openAuditLog, openPglite, SchemaError } from '@admit-one/adapter-postgres';
import { startAuditService } from '@admit-one/audit-service';
import { type AuditLog, type Bus, newId } from '@admit-one/core';
import { openLocalIssuers } from '@admit-one/identity';
import {
  addHealthRoutes,
  type Closers,
  createClientAddress,
  createClosers,
  createHttpServer,
  createLogger,
  createOriginPolicy,
  createTelemetry,
  type LoggingOptions,
  listen,
  portOf,
  StartError,
  type Started,
} from '@admit-one/runtime';
import { startTicketService } from '@admit-one/ticket-service';
import { startEdge } from '@admit-one/ws-edge';
import { type StandaloneVariables, serviceConfigsOf } from './config.ts';
import { openDataDirectory } from './data-directory.ts';
import { indexRoutes } from './index-routes.ts';
import { keepOperatorToken } from './operator-token.ts';

/** Standalone, running. */
export interface Standalone extends Started {
  /** Where to reach it from this machine, such as `http://localhost:8080`. */
  readonly url: string;
  readonly metricsUrl: string;
  /** The data directory, absolute. */
  readonly dataDir: string;
  /** What backends in this process publish and subscribe on. */
  readonly bus: Bus;
}

export type StandaloneOptions = Pick<LoggingOptions, 'forPeople' | 'destination'>;

/**
 * Starts all three services on the embedded engines, on one port. What was opened before a fault is closed again.
 * @throws {StartError} where the data directory or a port is taken
 */
export async function startStandalone(
  variables: StandaloneVariables,
  options: StandaloneOptions = {},
): Promise<Standalone> {
  const closers = createClosers();
  try {
    return await start(variables, options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(
  variables: StandaloneVariables,
  options: StandaloneOptions,
  closers: Closers,
): Promise<Standalone> {
  const { PORT, METRICS_PORT, HOST, LOG_LEVEL, DATA_DIR, TRUSTED_PROXIES, SHUTDOWN_SECONDS } = variables;
  const identify = (service: string) => {
    const identity = { service, instance: `${service}-${newId().slice(0, 8)}` };
    return { ...identity, log: createLogger({ level: LOG_LEVEL, ...identity, ...options }) };
  };
  const self = identify('standalone');
  const telemetry = createTelemetry(self);
  closers.add('telemetry', () => telemetry.close());

  const directory = await openDataDirectory(DATA_DIR);
  closers.add('data directory', () => directory.unlock());
  const local = await openLocalIssuers(directory.path, { create: true });
  const configs = serviceConfigsOf(variables, local);
  const metrics = await telemetry.serveMetrics(METRICS_PORT, HOST);

  const auditLog = await openEmbeddedAuditLog(join(directory.path, 'audit'));
  closers.add('audit log', () => auditLog.close());
  const bus = createMemoryBus({ onFault: (error) => self.log.error({ err: error }, 'handler_failed') });
  closers.add('bus', () => bus.close());
  const { store, outbox } = createMemoryStore({ source: self.instance });
  closers.add('ticket store', () => store.close());

  const engines = { bus, telemetry };
  const audit = await startAuditService(configs.audit, {
    ...identify('audit-service'),
    ...engines,
    auditLog,
  });
  closers.add('audit-service', () => audit.stop());
  const tickets = await startTicketService(configs.tickets, {
    ...identify('ticket-service'),
    ...engines,
    store,
    outbox,
  });
  closers.add('ticket-service', () => tickets.stop());

  const origins = createOriginPolicy({ allowed: variables.FRONTEND_ORIGINS, loopback: true });
  const http = await createHttpServer({
    log: self.log,
    telemetry,
    origins,
    trustedProxies: TRUSTED_PROXIES,
    title: 'Admit One',
    version: readVersion(),
  });
  const edge = await startEdge(configs.edge, {
    ...identify('ws-edge'),
    ...engines,
    origins,
    clientAddress: createClientAddress(TRUSTED_PROXIES),
  });
  closers.add('ws-edge', () => edge.stop());
  closers.add('http server', () => http.close());
  closers.add('connections', () => edge.drain());

  for (const routes of [tickets.routes, audit.routes, edge.routes, indexRoutes]) await http.register(routes);
  addHealthRoutes(http, { ...tickets.readiness, ...audit.readiness, ...edge.readiness });
  await http.ready();
  http.server.on('upgrade', edge.handleUpgrade);
  const port = await listen(http.server, { port: PORT, host: HOST, variable: 'PORT' });

  const operatorToken = await keepOperatorToken(directory.path, local.operators, (error) =>
    self.log.error({ err: error }, 'operator_token_not_written'),
  );
  closers.add('operator token', () => operatorToken.stop());

  return {
    log: self.log,
    shutdownMs: SHUTDOWN_SECONDS * 1000,
    url: `http://localhost:${port}`,
    metricsUrl: `http://localhost:${portOf(metrics)}/metrics`,
    dataDir: directory.path,
    bus,
    stop: () => closers.close(),
  };
}

async function openEmbeddedAuditLog(dataDir: string): Promise<AuditLog> {
  const sql = await openPglite({ dataDir });
  try {
    return await openAuditLog(sql);
  } catch (error) {
    await sql.close();
    throw error instanceof SchemaError
      ? new StartError(`${dataDir}: ${error.message}`, { cause: error })
      : error;
  }
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
