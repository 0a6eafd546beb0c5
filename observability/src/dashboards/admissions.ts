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
import type { DashboardSource, Query } from './panel.ts';

const quantiles = [0.5, 0.95, 0.99];

function percentile(q: number): string {
  return `p${q * 100}`;
}

/** One bar for each stage, in the order in which tickets reach them. */
const funnel: readonly Query[] = ['issued', 'presented', 'consumed', 'stayed', 'revoked'].map((stage) => ({
  expr: whole(sum(fromLog(increaseInRange(`admit_tickets_total{stage="${stage}"}`), 'pathway'))),
  legend: stage,
}));

export const admissions: DashboardSource = {
  name: 'admissions',
  title: 'Admissions',
  description: 'How far do tickets get, why are some rejected, and how long does it take?',
  source: 'prometheus',
  rows: [
    {
      title: 'How far do tickets get?',
      panels: [
        {
          title: 'Funnel',
          shows:
            'Tickets by the stage that they reached. Issued but not presented points at a load balancer, DNS or TLS; presented but not consumed at a rejection; consumed but not stayed (10 s) at a proxy that cuts connections.',
          ...{ kind: 'bars', unit: 'short' },
          queries: funnel,
          alerts: ['AdmitTicketsNotPresented', 'AdmitAdmissionsFailing'],
          ask: asks.unpresented,
          span: 8,
        },
        {
          title: 'Tickets by stage',
          shows: 'Each second. `reserved` counts every reservation, so it may be above `presented`.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            {
              expr: sum(fromLog(rate('admit_tickets_total'), 'stage', 'pathway'), 'stage'),
              legend: '{{stage}}',
            },
          ],
          alerts: ['AdmitTicketsNotPresented', 'AdmitNoAdmissions'],
          ask: asks.admissions,
          span: 8,
        },
        {
          title: 'Tickets that were never presented',
          shows:
            'Tickets that expired unused, each second, by pathway. Some are normal: a page that is closed at once.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [{ expr: fromLog(rate('admit_tickets_unused_total'), 'pathway'), legend: '{{pathway}}' }],
          alerts: ['AdmitTicketsNotPresented'],
          ask: asks.unpresented,
          span: 8,
        },
      ],
    },
    {
      title: 'Why are some rejected?',
      panels: [
        {
          title: 'Rejections by reason',
          shows: 'The ten reasons with the most rejections each second. docs/reasons.md has what each means.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: highest(fromLog(rate('admit_rejections_total'), 'reason', 'fault')),
              legend: '{{reason}} ({{fault}})',
            },
          ],
          alerts: ['AdmitAdmissionsFailing', 'AdmitUnknownReason', 'AdmitIssuerKeysStale'],
          ask: asks.rejections,
          span: 12,
        },
        {
          title: 'Tickets that were presented again',
          shows: 'A client that reuses its tickets, or someone who uses those of others.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [
            {
              expr: fromLog(
                rate('admit_rejections_total{reason=~"ticket_replayed|ticket_duplicate|ticket_in_use"}'),
                'reason',
              ),
              legend: '{{reason}}',
            },
          ],
          alerts: ['AdmitTicketsReplayed', 'AdmitClientReusesTickets'],
          ask: asks.replays,
          span: 6,
        },
        {
          title: 'Commands by outcome',
          shows: 'What ticket-services are asked, each second. `failed` is an engine, a bound or a bug.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: sum(rate('admit_commands_total'), 'command', 'outcome'),
              legend: '{{command}} {{outcome}}',
            },
          ],
          alerts: ['AdmitStoreDown'],
          ask: asks.rejections,
          span: 6,
        },
        {
          title: 'Most rejections of one network in 5 minutes',
          shows:
            'By the client network with the most. Far above usual: one broken client, one office, or an attack.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: fromLog('admit_rejections_largest_prefix'), legend: 'rejections' }],
          alerts: ['AdmitPrefixRejected'],
          ask: {
            command: 'npx @admit-one/cli audit summary by=prefix interval=5m from=-15m',
            api: 'summary?by=prefix&interval=5m',
          },
          span: 6,
        },
        {
          title: 'Networks behind the most blocked origin',
          shows:
            'In 10 minutes. Many networks and one origin: a page was deployed that FRONTEND_ORIGINS does not list.',
          ...{ kind: 'timeseries', unit: 'short' },
          queries: [{ expr: fromLog('admit_origin_blocked_largest_addresses'), legend: 'networks' }],
          alerts: ['AdmitOriginBlocked'],
          ask: asks.blockedOrigins,
          span: 6,
        },
        {
          title: 'Requests that are no HTTP, by status',
          shows: 'Requests that could not be parsed or did not arrive in time.',
          ...{ kind: 'timeseries', unit: 'cps' },
          queries: [{ expr: sum(rate('http_malformed_requests_total'), 'status'), legend: '{{status}}' }],
          alerts: [],
          ask: asks.doctor,
          span: 6,
        },
        {
          title: 'X-Forwarded-For of strangers',
          shows:
            'More than nothing: a proxy is missing in TRUSTED_PROXIES, and the log has its address for its clients.',
          ...{ kind: 'timeseries', unit: 'cps', warnsAt: 0.01 },
          queries: [{ expr: sum(rate('http_untrusted_forwarded_total')), legend: 'requests' }],
          alerts: [],
          ask: asks.doctor,
          span: 6,
        },
      ],
    },
    {
      title: 'How long does it take?',
      panels: [
        {
          title: 'From the issue of a ticket to its admission',
          shows: 'What users wait for, as the log knows it: network, edge and store together.',
          ...{ kind: 'timeseries', unit: 's' },
          queries: quantiles.map((q) => ({
            expr: quantileFromLog(q, 'admit_ticket_issue_to_consume_seconds'),
            legend: percentile(q),
          })),
          alerts: ['AdmitUpgradeSlow'],
          ask: asks.admissions,
          span: 8,
        },
        {
          title: 'Upgrades',
          shows:
            'From the upgrade request to the confirmed ticket, at the edges. The objective is 250 ms for 99 %.',
          ...{ kind: 'timeseries', unit: 's', failsAt: 0.25 },
          queries: quantiles
            .map((q) => ({
              expr: quantileOfAll(q, 'admit_handshake_duration_seconds{outcome="admitted"}'),
              legend: percentile(q),
            }))
            .concat({
              expr: quantileFromLog(0.99, 'admit_upgrade_duration_seconds'),
              legend: 'p99 in the log',
            }),
          alerts: ['AdmitUpgradeSlow'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'Commands: 99 % take at most',
          shows: 'From load to append, at the ticket-services: mostly the store.',
          ...{ kind: 'timeseries', unit: 's' },
          queries: [
            { expr: quantileOfAll(0.99, 'admit_command_duration_seconds', 'command'), legend: '{{command}}' },
          ],
          alerts: ['AdmitUpgradeSlow', 'AdmitStoreDown'],
          ask: asks.doctor,
          span: 8,
        },
        {
          title: 'HTTP requests: 99 % take at most',
          shows: 'By path, of all services. Paths that nobody asked for have no value.',
          ...{ kind: 'timeseries', unit: 's' },
          queries: [
            {
              expr: quantileOfAll(0.99, 'http_server_request_duration_seconds', 'http_route'),
              legend: '{{http_route}}',
            },
          ],
          alerts: [],
          ask: asks.doctor,
          span: 12,
        },
        {
          title: 'HTTP requests by status',
          shows: 'Each second, of all services.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: sum(rate('http_server_request_duration_seconds_count'), 'http_response_status_code'),
              legend: '{{http_response_status_code}}',
            },
          ],
          alerts: [],
          ask: asks.doctor,
          span: 12,
        },
      ],
    },
  ],
};
