import type { Reason } from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';

/** How a handshake ended. */
export type HandshakeOutcome = 'admitted' | 'client_gone' | Reason;

/** The metrics of an edge. */
export interface EdgeMetrics {
  connectionOpened(route: string): void;
  connectionClosed(route: string, reason: Reason | null): void;
  message(route: string, direction: 'in' | 'out'): void;
  paused(route: string): void;
  handshakeEnded(outcome: HandshakeOutcome, seconds: number): void;
}

/** @param handshakesInFlight read whenever the metrics are */
export function createEdgeMetrics(meter: Meter, handshakesInFlight: () => number): EdgeMetrics {
  const connections = meter.createUpDownCounter('admit_connections', { description: 'Connections held' });
  const closed = meter.createCounter('admit_connections_closed_total', {
    description: 'Connections that ended, by the reason where the edge closed for one',
  });
  const messages = meter.createCounter('admit_messages_total', {
    description: 'Messages of connections, from clients (in) and to them (out)',
  });
  const paused = meter.createCounter('admit_connection_pauses_total', {
    description: 'How often a client sent faster than its limits and was not read for a moment',
  });
  const duration = meter.createHistogram('admit_handshake_duration_seconds', {
    description: 'From the upgrade request to the confirmed ticket or the rejection',
    unit: 's',
    advice: {
      explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    },
  });
  meter
    .createObservableGauge('admit_handshakes_in_flight', {
      description: 'Handshakes that wait for their ticket',
    })
    .addCallback((result) => result.observe(handshakesInFlight()));

  return {
    connectionOpened: (route) => connections.add(1, { route }),
    connectionClosed(route, reason) {
      connections.add(-1, { route });
      closed.add(1, { route, reason: reason ?? 'none' });
    },
    message: (route, direction) => messages.add(1, { route, direction }),
    paused: (route) => paused.add(1, { route }),
    handshakeEnded: (outcome, seconds) => duration.record(seconds, { outcome }),
  };
}
