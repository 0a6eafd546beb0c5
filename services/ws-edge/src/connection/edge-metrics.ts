import { countedClients, type Reason } from '@admit-one/core';
import type { UpgradeOutcome } from '@admit-one/gate';
import type { Meter } from '@admit-one/runtime';
import type { OnCommandSettled } from '@admit-one/ticket-client';
import type { BridgeError } from '../routes/bridge-answers.ts';
import type { UpstreamOutcome } from '../routes/proxy/proxy-host.ts';

/** How a handshake ended. */
export type HandshakeOutcome = 'admitted' | 'client_gone' | Reason;

/** The metrics of an edge. */
export interface EdgeMetrics {
  connectionOpened(route: string): void;
  connectionClosed(route: string, reason: Reason | null): void;
  message(route: string, direction: 'in' | 'out'): void;
  paused(route: string): void;
  handshakeEnded(outcome: HandshakeOutcome, seconds: number): void;
  /** @param client as it names itself @param route null for an unknown one */
  jwtPresented(route: string | null, client: string | undefined, outcome: UpgradeOutcome['kind']): void;
  bridgeMessageRejected(reason: BridgeError): void;
  upstreamHandshakeEnded(route: string, outcome: UpstreamOutcome, seconds: number): void;
  commandSettled: OnCommandSettled;
}

export interface EdgeMetricsOptions {
  readonly meter: Meter;
  /** The names of the configured routes. */
  readonly routes: readonly string[];
  /** Read whenever the metrics are, as is `draining`. */
  readonly handshakesInFlight: () => number;
  readonly draining: () => boolean;
}

export function createEdgeMetrics(options: EdgeMetricsOptions): EdgeMetrics {
  const { meter, routes, handshakesInFlight, draining } = options;
  const known = { route: routes };
  const connections = meter.upDownCounter('admit_connections', known);
  const closed = meter.counter('admit_connections_closed_total', known);
  const messages = meter.counter('admit_messages_total', known);
  const paused = meter.counter('admit_connection_pauses_total', known);
  const duration = meter.histogram('admit_handshake_duration_seconds');
  const requests = meter.histogram('admit_bus_request_duration_seconds');
  const jwts = meter.counter('admit_jwt_handshakes_total', known);
  const upstreams = meter.histogram('admit_upstream_handshake_duration_seconds');
  const bridgeRejections = meter.counter('admit_bridge_messages_rejected_total');
  meter.observe(['admit_handshakes_in_flight', 'admit_draining'], (observer) => {
    observer.value('admit_handshakes_in_flight', handshakesInFlight(), {});
    observer.value('admit_draining', draining() ? 1 : 0, {});
  });

  return {
    connectionOpened: (route) => connections.add(1, { route }),
    connectionClosed(route, reason) {
      connections.add(-1, { route });
      closed.add(1, { route, reason: reason ?? 'none' });
    },
    message: (route, direction) => messages.add(1, { route, direction }),
    paused: (route) => paused.add(1, { route }),
    handshakeEnded: (outcome, seconds) => duration.record(seconds, { outcome }),
    jwtPresented(route, client, outcome) {
      if (route === null) return;
      const named =
        client === undefined ? 'none' : (countedClients.find((name) => name === client) ?? 'other');
      jwts.add(1, { route, client: named, outcome });
    },
    upstreamHandshakeEnded: (route, outcome, seconds) => upstreams.record(seconds, { route, outcome }),
    bridgeMessageRejected: (reason) => bridgeRejections.add(1, { reason }),
    commandSettled: (command, outcome, seconds) => requests.record(seconds, { command, outcome }),
  };
}
