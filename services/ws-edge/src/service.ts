import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EdgeConfig } from '@admit-one/config';
import { type Bus, createStoreClock, startReporter } from '@admit-one/core';
import { createRejectionRecorder, type HandshakeRules } from '@admit-one/gate';
import {
  blockedOriginDetail,
  type ClientAddress,
  createFailureLimit,
  createRejectionLog,
  type Dependencies,
  type Logger,
  type OriginPolicy,
  observeClock,
  problemUnless,
  type ReadinessChecks,
  reporterOptionsOf,
  type Telemetry,
  traceEventStream,
  traceIdOf,
} from '@admit-one/runtime';
import { createTicketClient, startClockSync } from '@admit-one/ticket-client';
import type { FastifyPluginAsync } from 'fastify';
import { createConnectionPlaces } from './connection/connection-places.ts';
import { createConnections } from './connection/connections.ts';
import { startConnectionsElsewhere } from './connection/connections-elsewhere.ts';
import { drainConnections } from './connection/drain.ts';
import { createEdgeMetrics } from './connection/edge-metrics.ts';
import { reportClosed } from './connection/report-closed.ts';
import { startEdgeControl } from './control/edge-control.ts';
import { answerRenewals } from './control/renewals.ts';
import { createBridgeOutlet } from './routes/bridge-outlet.ts';
import { createRoutes } from './routes/create-routes.ts';
import { principalKeys } from './routes/proxy/principal-keys.ts';
import { createProxyHost } from './routes/proxy/proxy-host.ts';
import { createRoutePaths } from './routes/route-paths.ts';
import { createAcceptor } from './upgrade/acceptor.ts';
import { createFailingNetworks } from './upgrade/failing-networks.ts';
import { plainRequests } from './upgrade/plain-requests.ts';
import { traceTicketClient } from './upgrade/trace-ticket-client.ts';
import { createUpgrades } from './upgrade/upgrades.ts';

export interface EdgeDependencies {
  /** This run of the process: letters, digits, `-` and `_`. */
  readonly instance: string;
  readonly bus: Bus;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly dependencies: Dependencies;
  readonly origins: OriginPolicy;
  readonly clientAddress: ClientAddress;
}

/** A running edge, to be attached to an HTTP server. */
export interface Edge {
  /** A listener for the server's `upgrade` event. It answers every upgrade, also of unknown paths. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Answers plain requests on the WebSocket paths. */
  readonly routes: FastifyPluginAsync;
  readonly readiness: ReadinessChecks;
  /** How many connections are open. */
  connections(): number;
  /** Rejects upgrades from now on, and closes the connections over the drain's time. */
  drain(): Promise<void>;
  /** Drains, and sends the last events; waits for the bus until the signal aborts. */
  stop(signal?: AbortSignal): Promise<void>;
}

/** Starts an edge on a bus, even if no ticket-service is available: it is not ready before one has answered. */
export async function startEdge(config: EdgeConfig, dependencies: EdgeDependencies): Promise<Edge> {
  const { instance, bus, log, telemetry, dependencies: engines, origins, clientAddress } = dependencies;
  const clock = createStoreClock();
  const events = traceEventStream(bus.events, telemetry.tracing);
  const rejectionLog = createRejectionLog(log, engines);
  let drained: Promise<void> | undefined;
  const draining = () => drained !== undefined;
  const metrics = createEdgeMetrics({
    meter: telemetry.meter,
    routes: [...config.routes.keys()],
    handshakesInFlight: () => upgrades.inFlight,
    draining,
  });
  const stopObservingClock = observeClock(clock, telemetry.meter);
  const onSettled = metrics.commandSettled;
  const client = traceTicketClient(
    createTicketClient({ requests: bus.requests, clock, onSettled }),
    telemetry.tracing,
  );
  const stopClockSync = await startClockSync(client);
  const elsewhere = startConnectionsElsewhere({ edge: instance, messages: bus.messages });
  const places = createConnectionPlaces({
    maxPerSession: config.maxConnectionsPerSession,
    maxPerUser: config.maxConnectionsPerUser,
    elsewhere: elsewhere.count,
    onChanged: elsewhere.changed,
  });
  const connections = createConnections({
    limits: config,
    clock,
    onError(error, { id, traceparent }) {
      log.fatal({ err: error, connection: id, traceId: traceIdOf(traceparent) }, 'route_failed');
    },
    onOpened: ({ route }) => metrics.connectionOpened(route),
    onMessage: metrics.message,
    onPaused: metrics.paused,
    onClosed(record) {
      places.release(record.place);
      metrics.connectionClosed(record.connection.route, record.closeInfo.reason);
      reportClosed(record, { reporter, log, rejectionLog });
    },
  });
  const reporter = startReporter({
    service: 'ws-edge',
    instance,
    events,
    clock,
    ...reporterOptionsOf({ log, dependencies: engines }),
    connections: () => connections.count,
  });
  const outlet = createBridgeOutlet({
    messages: bus.messages,
    edge: instance,
    onRejected: metrics.bridgeMessageRejected,
  });
  const endpoints = new Map(
    createRoutes(config.routes, {
      bridge: { messages: bus.messages, outlet, edge: instance },
      proxy: config.proxy && {
        ...config.proxy,
        edge: instance,
        host: createProxyHost(config, config.proxy, metrics.upstreamHandshakeEnded),
      },
    }).map((route) => [route.name, { route, accept: createAcceptor(config, route.protocols) }]),
  );
  const { paths, routeOf } = createRoutePaths([...endpoints.keys()]);
  const handshakeRules: HandshakeRules = {
    carriers: config.carriers,
    acceptsJwt: config.acceptsJwt,
    ...{ routeOf, instance },
  };
  const recordRejection = createRejectionRecorder({ reporter, log: rejectionLog.write });
  const control = startEdgeControl({
    ...{ instance, bus, clock, connections, log },
    drainMs: config.drainMs,
    maxStalenessMs: config.maxStalenessMs,
  });
  const stopRenewals = answerRenewals({
    ...{ messages: bus.messages, connections, reporter, log },
    version: () => control.version,
  });
  const upgrades = createUpgrades({
    ...config,
    client,
    endpoints,
    handshakeRules,
    originRule: { allows: origins, required: config.requireOrigin, detailOf: blockedOriginDetail },
    connections,
    places,
    failing: createFailingNetworks(createFailureLimit(config.failedUpgradesPerMinute), config.maxHandshakes),
    draining,
    control,
    recordRejection,
    clientAddress,
    telemetry,
    metrics,
    log,
  });

  function drain(): Promise<void> {
    drained ??= drainConnections({ connections, upgrades, drainMs: config.drainMs });
    return drained;
  }

  return {
    handleUpgrade: upgrades.handleUpgrade,
    routes: async (app) => {
      await app.register(plainRequests({ paths, handshakeRules, recordRejection }));
      if (config.proxy) await app.register(principalKeys(config.proxy.signingKey));
    },
    readiness: {
      bus: { dependency: 'nats', problem: () => problemUnless(bus.connected, 'the bus is not connected') },
      clock: { problem: () => problemUnless(clock.synchronized, 'no ticket-service has answered yet') },
      accepting: { problem: () => problemUnless(!draining() && !control.draining, 'it drains') },
      controlCopy: {
        problem: () => problemUnless(control.synchronized, 'the control state is not known yet'),
      },
    },
    connections: () => connections.count,
    drain,
    async stop(signal) {
      await drain();
      stopRenewals();
      control.stop();
      elsewhere.stop();
      stopClockSync();
      stopObservingClock();
      outlet.stop();
      rejectionLog.stop();
      await reporter.stop(signal);
    },
  };
}
