import { createRedact, type HostVariables, type Redact, tracingConfigOf } from '@admit-one/config';
import { newId } from '@admit-one/core';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { createDependencies, type Dependencies } from './dependencies.ts';
import { redactError } from './errors.ts';
import { openFrontendOrigins } from './frontend-origins.ts';
import { type ClientAddress, createClientAddress } from './http/client-address.ts';
import { addHealthRoutes } from './http/health.ts';
import { listen, portOf } from './http/listen.ts';
import { createReadiness, type Readiness, type ReadinessChecks } from './http/readiness.ts';
import { createHttpServer } from './http/server.ts';
import { type HandleUpgrade, onWebSocketUpgrade } from './http/upgrades.ts';
import { type Closers, createClosers, type Started } from './lifecycle.ts';
import { createLogger, type Logger, type LoggingOptions } from './logging.ts';
import { observeProcess } from './metrics/observe-process.ts';
import type { OriginPolicy } from './origin-policy.ts';
import { createOutageLog } from './outage-log.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import { version } from './version.ts';
import { awaitReady } from './when-ready.ts';

/** Destination and format of log lines. */
export type LogOutput = Pick<LoggingOptions, 'forPeople' | 'destination'>;

export interface HostOptions extends LogOutput {
  /** The name of the service in logs, metrics and events. */
  readonly service: string;
  /** Title of the OpenAPI document. */
  readonly title: string;
  readonly variables: HostVariables;
  /** Whether pages served from this machine are allowed, on any port. Default: false. */
  readonly loopbackOrigins?: boolean;
}

/** A service's name, the id of this run, and its logger. */
export interface Identity {
  readonly service: string;
  readonly instance: string;
  readonly log: Logger;
}

/** What a process provides to its services. */
export interface HostContext extends Identity {
  readonly telemetry: Telemetry;
  readonly dependencies: Dependencies;
  readonly origins: OriginPolicy;
  readonly clientAddress: ClientAddress;
  /** Closed when the process stops, or when its start fails. */
  readonly closers: Closers;
  /** Creates the identity of one of several services in this process. */
  identify(service: string): Identity;
}

/** What a process serves over HTTP. */
export interface Served {
  readonly routes: readonly FastifyPluginAsync[];
  readonly readiness: ReadinessChecks;
  /** Takes the upgrades that offer WebSocket. */
  readonly handleUpgrade?: HandleUpgrade;
  /** A separate internal listener. */
  readonly internal?: InternalPort | undefined;
  /** Closes upgraded connections. Requests are still answered meanwhile. */
  readonly drain?: () => Promise<void>;
}

/** A separate internal listener. It shares no routes with the public one except health checks. */
export interface InternalPort {
  readonly port: number;
  readonly host: string;
  /** The variable that sets the port, for error messages. */
  readonly variable: string;
  readonly routes: FastifyPluginAsync;
}

/** A listening process. */
export interface Host<S extends Served = Served> extends Started {
  /** The URL on this machine, such as `http://localhost:8080`. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Null without an internal listener. */
  readonly internalUrl: string | null;
  readonly served: S;
  /** Resolves when every readiness check has passed for the first time. */
  readonly ready: Promise<void>;
}

/**
 * Starts a process: logger, telemetry, what `serve` opens, then the HTTP server with health routes and the metrics
 * server. A stop drains, closes the HTTP server, then the rest in reverse order. A failed start closes what is open.
 * @throws {StartError} where a port is in use
 * @throws {ConfigError} where the allowed origins have issues
 */
export async function startHost<S extends Served>(
  options: HostOptions,
  serve: (context: HostContext) => Promise<S>,
): Promise<Host<S>> {
  const redact = createRedact(options.variables);
  const { context, reload } = openContext(options, redact);
  const { log, closers, dependencies } = context;
  try {
    const served = await serve(context);
    const readiness = createReadiness(served.readiness, { dependencies, redact });
    const addresses = await listenAll(options, context, served, readiness);
    log.info({ ...addresses, version }, 'listening');
    const { ready, stop } = awaitReady(readiness, log);
    closers.add('first readiness', stop);
    const shutdownMs = options.variables.SHUTDOWN_SECONDS * 1000;
    return { ...addresses, served, ready, log, shutdownMs, reload, stop: closers.close };
  } catch (error) {
    await closers.close().catch((err: unknown) => log.error({ err }, 'stopped_with_errors'));
    throw redactError(error, redact);
  }
}

function openContext(
  options: HostOptions,
  redact: Redact,
): { context: HostContext; reload: () => Promise<void> } {
  const { service, variables, loopbackOrigins: loopback = false, forPeople, destination } = options;
  const { LOG_LEVEL: level, TRUSTED_PROXIES } = variables;
  const identify = (name: string): Identity => {
    const identity = { service: name, instance: `${name}-${newId().slice(0, 8)}` };
    return { ...identity, log: createLogger({ level, ...identity, forPeople, destination, redact }) };
  };
  const self = identify(service);
  const origins = openFrontendOrigins({ variables, loopback, log: self.log });
  const closers = createClosers();
  closers.add('origins', () => origins.close());
  const telemetry = createTelemetry({
    ...self,
    trustedProxies: TRUSTED_PROXIES,
    tracing: tracingConfigOf(variables),
    traceExports: createOutageLog({
      ...{ log: self.log, failure: 'trace_export_failed', recovery: 'trace_export_recovered' },
    }),
  });
  const stopObserving = observeProcess(telemetry.meter, service);
  closers.add('telemetry', () => telemetry.close());
  const dependencies = createDependencies({ log: self.log, meter: telemetry.meter });
  closers.add('dependencies', dependencies.close);
  closers.add('process metrics', async () => stopObserving());
  const context = {
    ...self,
    telemetry,
    dependencies,
    origins: origins.policy,
    clientAddress: createClientAddress(TRUSTED_PROXIES),
    closers,
    identify,
  };
  return { context, reload: origins.reread };
}

/** Opens the ports. */
async function listenAll(
  options: HostOptions,
  context: HostContext,
  served: Served,
  readiness: Readiness,
): Promise<Pick<Host, 'url' | 'metricsUrl' | 'internalUrl'>> {
  const { HOST: host, PORT, METRICS_HOST, METRICS_PORT } = options.variables;
  const { telemetry, closers } = context;
  const { handleUpgrade, drain, internal } = served;
  const metrics = await telemetry.serveMetrics(METRICS_PORT, METRICS_HOST);

  const http = await openServer(options, context, served.routes, readiness);
  const inner = internal && (await openServer(options, context, [internal.routes], readiness));
  if (handleUpgrade) onWebSocketUpgrade(http.server, handleUpgrade);
  if (drain) closers.add('connections', drain);
  const innerPort = internal && inner && (await listen(inner.server, internal));
  const port = await listen(http.server, { port: PORT, host, variable: 'PORT' });

  return {
    url: urlOf(host, port),
    metricsUrl: `${urlOf(METRICS_HOST, portOf(metrics))}/metrics`,
    internalUrl: internal && innerPort !== undefined ? urlOf(internal.host, innerPort) : null,
  };
}

/** Creates an HTTP server with these routes and the health routes, which does not listen yet. */
async function openServer(
  { title, variables: { TRUSTED_PROXIES: trustedProxies, STRICT_TRANSPORT_SECURITY } }: HostOptions,
  { log, telemetry, dependencies, origins, closers }: HostContext,
  routes: Served['routes'],
  readiness: Readiness,
): Promise<FastifyInstance> {
  const http = await createHttpServer({
    ...{ log, telemetry, dependencies, origins, trustedProxies, title, version },
    strictTransportSecurity: STRICT_TRANSPORT_SECURITY,
  });
  closers.add('http server', () => http.close());
  for (const plugin of routes) await http.register(plugin);
  addHealthRoutes(http, readiness);
  await http.ready();
  return http;
}

const LOCALHOST = ['0.0.0.0', '::', '127.0.0.1', '::1'];

/** Where to reach a listener from this machine. */
function urlOf(host: string, port: number): string {
  const name = LOCALHOST.includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
