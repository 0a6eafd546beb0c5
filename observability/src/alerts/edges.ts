import { all, promql } from '../condition.ts';
import { compare, increase, level, ratioAbove } from '../log-condition.ts';
import { MINUTE } from '../spans.ts';
import type { AlertRow } from './alert.ts';

const starts = (seconds: number) => increase('admit_service_starts_total', seconds, { service: ['ws-edge'] });

/** The edges, and the processes themselves. */
export const edgeAlerts = {
  AdmitEdgeCrashLoop: {
    severity: 'page',
    summary: 'Edges start again and again',
    description:
      'More than two starts for each edge in ten minutes, at least 4. A rolling update starts each edge once. A single edge of many that crashes is AdmitEdgeLost.',
    condition: all(
      compare(starts(10 * MINUTE), '>=', 3.5),
      ratioAbove(
        starts(10 * MINUTE),
        level('admit_service_instances', { service: ['ws-edge'] }, 10 * MINUTE),
        2,
      ),
    ),
    forSeconds: 0,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: [],
  },
  AdmitEdgeLost: {
    severity: 'ticket',
    summary: 'An edge was lost with its connections',
    description:
      'An edge ended or fell silent without reporting how its connections ended; the audit log closed them as `edge_lost`. Their clients reconnect.',
    condition: compare(increase('admit_edge_lost_connections_total', 10 * MINUTE), '>=', 1),
    forSeconds: 0,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: ['AdmitBusDown', 'AdmitEdgeCrashLoop'],
  },
  AdmitControlUnconfirmed: {
    severity: 'ticket',
    summary: 'An edge did not confirm a revocation or another decision',
    description:
      'A session was ended, a ticket, key or connection revoked, issuing paused, a network blocked or an edge drained, and an edge did not confirm it within 2 s. Its connections may still be open.',
    condition: compare(
      increase('admit_events_total', 10 * MINUTE, { type: ['admit.control.unconfirmed'] }),
      '>=',
      0.5,
    ),
    forSeconds: 0,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: ['AdmitBusDown'],
  },
  AdmitDrainStuck: {
    severity: 'ticket',
    summary: 'An edge does not finish draining',
    description:
      'An edge has been draining for more than ten minutes: it takes no upgrades and does not end.',
    condition: promql((duration) => `min_over_time(admit_draining[${duration(5 * MINUTE)}]) == 1`),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 0,
    inhibitedBy: [],
  },
  AdmitEventLoopBusy: {
    severity: 'ticket',
    summary: 'A process is too busy to answer in time',
    description:
      'The event loop of a process is busy for more than 90 % of the time, or comes to its timers more than 250 ms late (99th percentile).',
    condition: promql(
      () =>
        'nodejs_eventloop_utilization_ratio > 0.9\nor\nnodejs_eventloop_delay_seconds{statistic="p99"} > 0.25',
    ),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: [],
  },
} as const satisfies Record<string, AlertRow>;
