import { asks } from './asks.ts';
import {
  fromLog,
  highest,
  increaseInRange,
  quantileFromLog,
  quantileOfAll,
  rate,
  sum,
  whole,
} from './expressions.ts';
import type { DashboardSource } from './panel.ts';

const edge = '{instance=~"$edge"}';

export const edgeDashboard: DashboardSource = {
  name: 'edge',
  title: 'Edge',
  description: 'Who holds the connections, why do they end, and are the edges well?',
  source: 'prometheus',
  byEdge: true,
  rows: [
    {
      title: 'Connections',
      panels: [
        {
          title: 'Connections by edge',
          shows: 'An edge with none beside busy ones gets no traffic: look at the load balancer.',
          ...{ kind: 'stacked', unit: 'short' },
          queries: [{ expr: sum(`admit_connections${edge}`, 'instance'), legend: '{{instance}}' }],
          alerts: ['AdmitReconnectStorm', 'AdmitEdgeLost'],
          ask: asks.closes,
          span: 8,
        },
        {
          title: 'Connections by route',
          shows: 'Over the chosen edges.',
          ...{ kind: 'stacked', unit: 'short' },
          queries: [{ expr: sum(`admit_connections${edge}`, 'route'), legend: '{{route}}' }],
          alerts: [],
          ask: asks.admissions,
          span: 8,
        },
        {
          title: 'Messages',
          shows: 'From clients (in) and to them (out), each second.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            {
              expr: sum(rate(`admit_messages_total${edge}`), 'direction'),
              legend: '{{direction}}',
            },
          ],
          alerts: [],
          ask: asks.doctor,
          span: 8,
        },
      ],
    },
    {
      title: 'Ends',
      panels: [
        {
          title: 'Ends of connections, by reason',
          shows: 'Of the chosen edges. `none`: the client or the network ended it.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: highest(sum(rate(`admit_connections_closed_total${edge}`), 'reason')),
              legend: '{{reason}}',
            },
          ],
          alerts: ['AdmitReconnectStorm', 'AdmitDrainStuck'],
          ask: asks.closes,
          span: 8,
        },
        {
          title: 'Closes by code',
          shows:
            'Of all edges, as the log has them: the ten codes with the most. Many 1006: networks or a proxy cut connections.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: highest(fromLog(rate('admit_connection_closes_total'), 'code')),
              legend: '{{code}}',
            },
          ],
          alerts: ['AdmitReconnectStorm'],
          ask: asks.closes,
          span: 8,
        },
        {
          title: 'Life of connections',
          shows: 'How long those were open that ended. A sharp upper edge is the timeout of a proxy.',
          ...{ kind: 'timeseries', unit: 's' },
          queries: [0.1, 0.5, 0.9].map((q) => ({
            expr: quantileFromLog(q, 'admit_connection_duration_seconds'),
            legend: `p${q * 100}`,
          })),
          alerts: ['AdmitReconnectStorm'],
          ask: asks.closes,
          span: 8,
        },
        {
          title: 'Connections lost with an edge',
          shows: 'In the time that is shown: their edge fell silent without reporting their ends.',
          ...{ kind: 'stat', unit: 'short', failsAt: 1 },
          queries: [
            { expr: whole(fromLog(increaseInRange('admit_edge_lost_connections_total'))), legend: 'lost' },
          ],
          alerts: ['AdmitEdgeLost', 'AdmitEdgeCrashLoop'],
          ask: asks.lostEdges,
          span: 8,
        },
        {
          title: 'Edges that drain',
          shows:
            'They reject upgrades and close their connections over DRAIN_SECONDS. For longer, something holds them up.',
          ...{ kind: 'stat', unit: 'short', warnsAt: 1 },
          queries: [{ expr: sum(`admit_draining${edge}`), legend: 'draining' }],
          alerts: ['AdmitDrainStuck'],
          ask: asks.services,
          span: 8,
        },
        {
          title: 'Decisions that an edge did not confirm',
          shows:
            'In the time that is shown: an edge that was out of touch may hold connections that should end.',
          ...{ kind: 'stat', unit: 'short', failsAt: 1 },
          queries: [
            {
              expr: whole(fromLog(increaseInRange('admit_events_total{type="admit.control.unconfirmed"}'))),
              legend: 'not confirmed',
            },
          ],
          alerts: ['AdmitControlUnconfirmed'],
          ask: asks.unconfirmed,
          span: 8,
        },
        {
          title: 'TCP connections closed at the bound',
          shows:
            'In the time that is shown, of all services: a process reached the connections that it may hold.',
          ...{ kind: 'stat', unit: 'short', warnsAt: 1 },
          queries: [
            { expr: whole(sum(increaseInRange('admit_http_connections_closed_total'))), legend: 'closed' },
          ],
          alerts: [],
          ask: asks.doctor,
          span: 8,
        },
      ],
    },
    {
      title: 'Backpressure',
      panels: [
        {
          title: 'Messages of backends not delivered',
          shows:
            'Each second: to an id that must be encoded and is not, or with a close code that cannot be sent.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            {
              expr: sum(rate(`admit_bridge_messages_rejected_total${edge}`), 'reason'),
              legend: '{{reason}}',
            },
          ],
          alerts: [],
          ask: asks.closes,
          span: 24,
        },
        {
          title: 'Clients that were paused',
          shows: 'How often a client sent faster than its limits and was not read for a moment, each second.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            { expr: sum(rate(`admit_connection_pauses_total${edge}`), 'route'), legend: '{{route}}' },
          ],
          alerts: [],
          ask: asks.closes,
          span: 8,
        },
        {
          title: 'Handshakes in flight',
          shows: 'Upgrades that wait for their ticket. It grows when the bus or the store is slow.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: sum(`admit_handshakes_in_flight${edge}`, 'instance'), legend: '{{instance}}' }],
          alerts: ['AdmitUpgradeSlow', 'AdmitBusDown'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Requests over the bus: 99 % take at most',
          shows: 'From an edge to a ticket-service and back, with retries.',
          ...{ kind: 'timeseries', unit: 's' },
          queries: [
            {
              expr: quantileOfAll(0.99, `admit_bus_request_duration_seconds${edge}`, 'command'),
              legend: '{{command}}',
            },
          ],
          alerts: ['AdmitUpgradeSlow', 'AdmitBusDown'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Requests over the bus by outcome',
          shows: 'Each second. `unanswered`: no ticket-service replied in time.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: sum(rate(`admit_bus_request_duration_seconds_count${edge}`), 'outcome'),
              legend: '{{outcome}}',
            },
          ],
          alerts: ['AdmitBusDown'],
          ask: asks.doctor,
          span: 12,
        },
        {
          title: 'Upgrades by outcome',
          shows: 'At the chosen edges, each second: the ten outcomes with the most.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: highest(sum(rate(`admit_handshake_duration_seconds_count${edge}`), 'outcome')),
              legend: '{{outcome}}',
            },
          ],
          alerts: ['AdmitAdmissionsFailing'],
          ask: asks.rejections,
          span: 12,
        },
        {
          title: 'Handshakes with upstreams by outcome',
          shows: 'Of proxy routes, at the chosen edges, each second.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: sum(rate(`admit_upstream_handshake_duration_seconds_count${edge}`), 'route', 'outcome'),
              legend: '{{route}}: {{outcome}}',
            },
          ],
          alerts: ['AdmitAdmissionsFailing'],
          ask: asks.rejections,
          span: 12,
        },
      ],
    },
    {
      title: 'Processes (of all services)',
      panels: [
        {
          title: 'Event loop: how late',
          shows:
            'Behind its timers, at the worst in a scrape. Above 100 ms everything that the process does is late.',
          ...{ kind: 'timeseries', unit: 's', warnsAt: 0.1, failsAt: 1 },
          queries: [
            {
              expr: 'max by (instance) (nodejs_eventloop_delay_seconds{statistic="p99"})',
              legend: '{{instance}}',
            },
          ],
          alerts: ['AdmitEventLoopBusy'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Event loop: how busy',
          shows: 'The share of the time in which it had work. Add instances before it stays above 80 %.',
          ...{ kind: 'timeseries', unit: 'percentunit', max: 1, warnsAt: 0.8, failsAt: 0.95 },
          queries: [
            { expr: 'max by (instance) (nodejs_eventloop_utilization_ratio)', legend: '{{instance}}' },
          ],
          alerts: ['AdmitEventLoopBusy'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Garbage collection',
          shows: 'The share of the time that it takes, by instance.',
          ...{ kind: 'timeseries', unit: 'percentunit', max: 1 },
          queries: [{ expr: sum(rate('v8js_gc_duration_seconds_sum'), 'instance'), legend: '{{instance}}' }],
          alerts: ['AdmitEventLoopBusy'],
          ask: asks.doctor,
          span: 8,
        },
      ],
    },
  ],
};
