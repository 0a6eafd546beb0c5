import { countedClients, type Reason, reasonRow, reasons } from '@admit-one/core';
import type { Catalogue } from './metric-row.ts';

const every = Object.keys(reasons) as readonly Reason[];
const closing = every.filter((reason) => reasonRow(reason).close !== null);

const route = 'the configured routes';
const services = ['ws-edge'] as const;

/** What each edge counts and sees. */
export const edgeMetrics = {
  admit_connections: {
    kind: 'gauge',
    unit: '1',
    description: 'Connections held',
    labels: { route },
    services,
  },
  admit_connections_closed_total: {
    kind: 'counter',
    unit: '1',
    description: 'Connections that ended, by the reason where the edge closed for one',
    labels: { route, reason: ['none', ...closing] },
    services,
  },
  admit_messages_total: {
    kind: 'counter',
    unit: '1',
    description: 'Messages of connections, from clients (in) and to them (out)',
    labels: { route, direction: ['in', 'out'] },
    services,
  },
  admit_connection_pauses_total: {
    kind: 'counter',
    unit: '1',
    description: 'How often a client sent faster than its limits and was not read for a moment',
    labels: { route },
    services,
  },
  admit_handshake_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'From the upgrade request to the confirmed ticket or the rejection',
    labels: { outcome: ['admitted', 'client_gone', ...every] },
    services,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  admit_jwt_handshakes_total: {
    kind: 'counter',
    unit: '1',
    description:
      'Handshakes with a JWT in the place of a ticket, by the client that presents it: `none` does not name itself. `abandoned`: it was gone before the 101',
    labels: {
      route,
      client: [...countedClients, 'other', 'none'] as const,
      outcome: ['admitted', 'rejected', 'abandoned'],
    },
    services,
  },
  admit_handshakes_in_flight: {
    kind: 'gauge',
    unit: '1',
    description: 'Handshakes that wait for their ticket',
    labels: {},
    services,
  },
  admit_bus_request_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description:
      'From sending a command over the bus to its reply, or until no try is left (`unanswered`), retries included',
    labels: {
      command: ['reserve', 'exchange', 'confirm', 'release', 'redeem', 'time'],
      outcome: ['accepted', 'rejected', 'unanswered'],
    },
    services,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  admit_bridge_messages_rejected_total: {
    kind: 'counter',
    unit: '1',
    description:
      'Messages of backends that were not delivered. `id_not_encoded`: to an id that must be encoded and is not, of somebody who is connected here',
    labels: { reason: ['id_not_encoded', 'close_invalid'] },
    services,
  },
  admit_upstream_handshake_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description:
      'Handshakes with the upstreams of proxy routes. `cancelled`: the handshake of the client ended first',
    labels: { route, outcome: ['opened', 'upstream_failed', 'upstream_rejected', 'cancelled'] },
    services,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  admit_draining: {
    kind: 'gauge',
    unit: '1',
    description: 'Whether the edge drains (1): it rejects upgrades and closes its connections',
    labels: {},
    services,
  },
} as const satisfies Catalogue;
