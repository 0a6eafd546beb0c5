import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EdgeConfig } from '@admit-one/config';
import { type Bus, createStoreClock, startReporter } from '@admit-one/core';
import { createGate, createRefuser, startClockSync } from '@admit-one/gate';
import {
  type ClientAddress,
  type Logger,
  type OriginPolicy,
  type ReadinessCheck,
  reporterLog,
  type Telemetry,
  traceIdOf,
} from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';
import { createConnections } from './connection/connections.ts';
import { reportClosed } from './connection/report-closed.ts';
import { drainConnections } from './drain.ts';
import { createEdgeMetrics } from './edge-metrics.ts';
import { createPlainRequests } from './plain-requests.ts';
import { createBridgeOutlet } from './routes/bridge-outlet.ts';
import { createRoutes } from './routes/create-routes.ts';
import type { Route } from './routes/route.ts';
import { createAcceptor } from './upgrade/acceptor.ts';
import { createAdmit } from './upgrade/admit.ts';
import { type Entrance, pathsOf } from './upgrade/entrance.ts';
import { createHandshakes } from './upgrade/handshakes.ts';
import { createAccount } from './upgrade/rejections.ts';

export interface EdgeDependencies {
  /** This run of the process: letters, digits, `-` and `_`. */
  readonly instance: string;
  readonly bus: Bus;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly origins: OriginPolicy;
  readonly clientAddress: ClientAddress;
}

/** An edge at work, to be joined to an HTTP server. */
export interface Edge {
  /** A listener for the server's `upgrade` event. It takes every upgrade, and answers those of other paths too. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Answers what comes to the WebSocket paths without an upgrade. */
  readonly routes: FastifyPluginAsync;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** How many connections it holds. */
  connections(): number;
  /** Refuses upgrades from now on, and closes the connections over the drain's time. */
  drain(): Promise<void>;
  /** Drains, and sends what there is still to report; waits for the bus until the signal aborts. */
  stop(signal?: AbortSignal): Promise<void>;
}

/** Starts an edge on a bus. It starts without a ticket-service too, but is not ready before it has heard one. */
export async function startEdge(config: EdgeConfig, dependencies: EdgeDependencies): Promise<Edge> {
  const { instance, bus, log, telemetry, origins, clientAddress } = dependencies;
  const clock = createStoreClock();
  const gate = createGate({ requests: bus.requests, clock });
  const stopKeepingTime = await startClockSync(gate);
  const metrics = createEdgeMetrics(telemetry.meter, () => handshakes.inFlight);
  const connections = createConnections({
    limits: config,
    onError(error, { id, traceparent }) {
      log.fatal({ err: error, connection: id, traceId: traceIdOf(traceparent) }, 'route_failed');
    },
    onOpened: ({ route }) => metrics.connectionOpened(route),
    onMessage: metrics.message,
    onClosed(record) {
      metrics.connectionClosed(record.connection.route, record.ending.reason);
      reportClosed(record, { reporter, log });
    },
  });
  const reporter = startReporter({
    service: 'ws-edge',
    instance,
    events: bus.events,
    clock,
    ...reporterLog(log),
    connections: () => connections.count,
  });
  const outlet = createBridgeOutlet(bus.messages, instance);
  const entrances = entrancesOf(
    config,
    createRoutes(config.routes, { messages: bus.messages, outlet, edge: instance }),
  );
  let drained: Promise<void> | undefined;
  const draining = () => drained !== undefined;
  const refuse = createRefuser();
  const account = createAccount({ reporter, log });
  const handshakes = createHandshakes({
    ...config,
    rules: { entrances, origins, requireOrigin: config.requireOrigin, carriers: config.carriers },
    attempts: { instance, telemetry, clientAddress },
    connections,
    draining,
    admit: createAdmit({
      gate,
      connections,
      handshakeMs: config.handshakeMs,
      draining,
      refuse,
      account,
      log,
    }),
    refuse,
    account,
    metrics,
  });

  function drain(): Promise<void> {
    drained ??= drainConnections({ connections, handshakes, drainMs: config.drainMs });
    return drained;
  }

  return {
    handleUpgrade: handshakes.handleUpgrade,
    routes: createPlainRequests(entrances.keys()),
    readiness: {
      bus: () => bus.connected,
      clock: () => clock.synchronized,
      accepting: () => !draining(),
    },
    connections: () => connections.count,
    drain,
    async stop(signal) {
      await drain();
      stopKeepingTime();
      outlet.stop();
      await reporter.stop(signal);
    },
  };
}

function entrancesOf(config: EdgeConfig, routes: readonly Route[]): ReadonlyMap<string, Entrance> {
  return new Map(
    routes.flatMap((route) => {
      const entrance = { route, accept: createAcceptor(config, route.protocols) };
      return pathsOf(route.name).map((path) => [path, entrance] as const);
    }),
  );
}
