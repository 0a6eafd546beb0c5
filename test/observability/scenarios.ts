import type { AlertName } from '@admit-one/observability';
import type { Change } from './normal-traffic.ts';
import type { Phases } from './series.ts';

/** Which alerts are notified at a minute, and which fire but are silenced by one of those. `AdmitWatchdog` always fires. */
export type Check = readonly [
  minute: number,
  notified: readonly AlertName[],
  silenced?: readonly AlertName[],
];

/** What happens to an installation with normal traffic, and what its operators hear of it. */
export interface Scenario {
  readonly title: string;
  /** Between two samples. */
  readonly intervalSeconds: number;
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
}

type Labels = Readonly<Record<string, string>>;

function does(metric: string, labels: Labels, ...phases: Phases | readonly []): Change {
  return { metric, labels, phases };
}

const ends = (metric: string) => does(metric, {});
const slo = (name: string, outcome: 'good' | 'bad', ...phases: Phases) =>
  does('admit_slo_events_total', { slo: name, outcome }, ...phases);
const unavailable = (...phases: Phases) => slo('availability', 'bad', ...phases);
const available = (...phases: Phases) => slo('availability', 'good', ...phases);
const rejected = (reason: string, ...phases: Phases) => does('admit_rejections_total', { reason }, ...phases);
const consumed = (...phases: Phases) =>
  does('admit_tickets_total', { stage: 'consumed', pathway: 'ticket' }, ...phases);
const issued = (...phases: Phases) => does('admit_tickets_total', { stage: 'issued' }, ...phases);
const up = (job: string, dependency: string, ...phases: Phases) =>
  does('admit_dependency_up', { job, dependency }, ...phases);

const FAST = 15;
const MINUTE = 60;
const SLOW = 300;
const HOURS = 60;
const DAYS = 24 * HOURS;

const failing: readonly Scenario[] = [
  {
    title: 'two of three requests fail',
    intervalSeconds: FAST,
    changes: [unavailable([0, 30], [100, 40], [0]), available([121, 30], [50, 40], [121])],
    checks: [
      [30, []],
      [34, ['AdmitAdmissionsFailing'], ['AdmitAvailabilityBurn']],
      [39, ['AdmitAdmissionsFailing'], ['AdmitAvailabilityBurn', 'AdmitFailureTrickle']],
      [70, ['AdmitAvailabilitySlowBurn'], ['AdmitFailureTrickle']],
    ],
  },
  {
    title: 'four of ten requests fail',
    intervalSeconds: FAST,
    changes: [unavailable([0, 30], [80]), available([121, 30], [120])],
    checks: [[34, ['AdmitAvailabilityBurn']]],
  },
  {
    title: 'edges reject most upgrades, and the audit log gets no events',
    intervalSeconds: FAST,
    changes: [
      does(
        'admit_handshake_duration_seconds_count',
        { outcome: 'ticket_service_unavailable' },
        [0, 30],
        [40],
      ),
      does('admit_handshake_duration_seconds_count', { outcome: 'admitted' }, [30, 30], [5]),
    ],
    checks: [[34, ['AdmitAdmissionsFailing']]],
  },
  {
    title: 'a flood of upgrades without a ticket, and of invented ones',
    intervalSeconds: FAST,
    changes: [
      does('admit_handshake_duration_seconds_count', { outcome: 'ticket_unknown' }, [0, 30], [60_000]),
      rejected('ticket_unknown', [0, 30], [120_000]),
      rejected('rate_limited', [0, 30], [500_000]),
      does('admit_rejections_largest_prefix', {}, [3, 30], [90_000]),
    ],
    checks: [
      [34, []],
      [50, ['AdmitPrefixRejected']],
    ],
  },
  {
    title: 'an outage within a flood',
    intervalSeconds: FAST,
    changes: [
      rejected('rate_limited', [500_000]),
      rejected('ticket_unknown', [120_000]),
      does('admit_handshake_duration_seconds_count', { outcome: 'ticket_unknown' }, [60_000]),
      unavailable([0, 30], [100]),
      available([121, 30], [0]),
    ],
    checks: [[34, ['AdmitAdmissionsFailing'], ['AdmitAvailabilityBurn']]],
  },
  {
    title: '1.6 % of the requests fail for more than an hour',
    intervalSeconds: MINUTE,
    changes: [unavailable([0, 2 * HOURS], [2])],
    checks: [
      [2 * HOURS, []],
      [3.2 * HOURS, ['AdmitAvailabilityBurn'], ['AdmitAvailabilitySlowBurn', 'AdmitFailureTrickle']],
    ],
  },
  {
    title: '0.7 % of the requests fail for six hours',
    intervalSeconds: SLOW,
    changes: [unavailable([0, 6 * HOURS], [0.9])],
    checks: [[12.5 * HOURS, ['AdmitAvailabilityBurn'], ['AdmitAvailabilitySlowBurn', 'AdmitFailureTrickle']]],
  },
  {
    title: '0.4 % of the requests fail for a day',
    intervalSeconds: SLOW,
    changes: [unavailable([0, DAYS], [0.5])],
    checks: [[2.1 * DAYS, ['AdmitAvailabilitySlowBurn'], ['AdmitFailureTrickle']]],
  },
  {
    title: '0.15 % of the requests fail for three days',
    intervalSeconds: SLOW,
    changes: [unavailable([0, 3 * DAYS], [0.18])],
    checks: [[6.3 * DAYS, ['AdmitAvailabilitySlowBurn'], ['AdmitFailureTrickle']]],
  },
  {
    title: '0.08 % of the requests fail: within the objective',
    intervalSeconds: SLOW,
    changes: [unavailable([0.09])],
    checks: [[4 * DAYS, []]],
  },
  {
    title: 'at night, 9 of 20 requests of an hour fail: below the floor',
    intervalSeconds: SLOW,
    changes: [unavailable([0, 7 * HOURS], [0.15]), available([0, 6 * HOURS], [0.18])],
    checks: [[8 * HOURS, ['AdmitFailureTrickle']]],
  },
  {
    title: 'two requests fail in a quiet night',
    intervalSeconds: SLOW,
    changes: [unavailable([0, 7 * HOURS], [0.05, 7 * HOURS + 40], [0]), available([0.1])],
    checks: [[8 * HOURS, []]],
  },
];

const burning = (name: string, alert: AlertName, quiet: number, bad: number): readonly Scenario[] => [
  {
    title: `${name}: ${bad} of ${60 + bad} a minute are bad`,
    intervalSeconds: MINUTE,
    changes: [slo(name, 'bad', [0, 2 * HOURS], [bad])],
    checks: [
      [2 * HOURS, []],
      [3.2 * HOURS, [alert]],
    ],
  },
  {
    title: `${name}: ${quiet} of ${60 + quiet} a minute are bad, within the objective`,
    intervalSeconds: SLOW,
    changes: [slo(name, 'bad', [quiet])],
    checks: [[4 * DAYS, []]],
  },
];

const admissions: readonly Scenario[] = [
  ...burning('admission_success', 'AdmitSuccessBurn', 0.5, 12),
  ...burning('upgrade_latency', 'AdmitUpgradeSlow', 0.5, 12),
  ...burning('log_freshness', 'AdmitLogFreshnessBurn', 0.05, 3),
  {
    title: 'upgrades no longer reach the edges',
    intervalSeconds: MINUTE,
    changes: [
      does('admit_tickets_unused_total', { pathway: 'ticket' }, [1, 2 * HOURS], [60, 3 * HOURS], [1]),
    ],
    checks: [
      [2 * HOURS + 4, []],
      [2 * HOURS + 15, ['AdmitTicketsNotPresented']],
      [3 * HOURS + 30, []],
    ],
  },
  {
    title: 'a third of the tickets is never presented',
    intervalSeconds: MINUTE,
    changes: [does('admit_tickets_unused_total', { pathway: 'ticket' }, [1, 2 * HOURS], [20])],
    checks: [[4 * HOURS, []]],
  },
  {
    title: 'nobody is admitted any more',
    intervalSeconds: MINUTE,
    changes: [consumed([60, 2 * HOURS], [0]), issued([61, 2 * HOURS], [0])],
    checks: [
      [2 * HOURS + 9, []],
      [2 * HOURS + 13, ['AdmitNoAdmissions']],
    ],
  },
  {
    title: 'nobody is admitted all day, as on every day before of the week',
    intervalSeconds: SLOW,
    changes: [consumed([0, 6 * DAYS], [60, 7 * DAYS], [0])],
    checks: [[7.5 * DAYS, []]],
  },
  {
    title: 'nobody is admitted from the morning on, at a time when many are on every day',
    intervalSeconds: SLOW,
    changes: [consumed([60, 7.5 * DAYS], [0])],
    checks: [[8.2 * DAYS, ['AdmitNoAdmissions']]],
  },
  {
    title: 'the last visitors leave in the evening',
    intervalSeconds: MINUTE,
    changes: [consumed([4, 2 * HOURS], [0])],
    checks: [[2 * HOURS + 30, []]],
  },
  {
    title: 'a probe from outside fails',
    intervalSeconds: FAST,
    changes: [does('admit_probe_last_success_timestamp_seconds', {}, [80, 10], [200, 20], [5])],
    checks: [
      [9, []],
      [12, ['AdmitProbeFailing']],
      [25, []],
    ],
  },
];

const engines: readonly Scenario[] = [
  {
    title: 'Redis is down',
    intervalSeconds: FAST,
    changes: [
      up('ticket-service', 'redis', [1, 30], [0, 40], [1]),
      rejected('store_unavailable', [0, 30], [100, 40], [0]),
      unavailable([0, 30], [100, 40], [0]),
      available([121, 30], [0, 40], [121]),
      slo('admission_success', 'bad', [0, 30], [20, 40], [0]),
      slo('admission_success', 'good', [60, 30], [0, 40], [60]),
      issued([61, 30], [0, 40], [61]),
      consumed([60, 30], [0, 40], [60]),
      does('admit_probe_last_success_timestamp_seconds', {}, [5, 30], [80, 32], [300, 40], [5]),
    ],
    checks: [
      [31, ['AdmitStoreDown']],
      [
        39,
        ['AdmitStoreDown'],
        [
          'AdmitAdmissionsFailing',
          'AdmitAvailabilityBurn',
          'AdmitFailureTrickle',
          'AdmitSuccessBurn',
          'AdmitProbeFailing',
        ],
      ],
    ],
  },
  {
    title: 'one of two ticket-services does not reach Redis',
    intervalSeconds: FAST,
    changes: [does('admit_dependency_up', { instance: 'ticket-1', dependency: 'redis' }, [1, 30], [0])],
    checks: [[50, []]],
  },
  {
    title: 'the log alone shows that Redis does not answer in time',
    intervalSeconds: FAST,
    changes: [rejected('store_unavailable', [0, 30], [80]), issued([61, 30], [3])],
    checks: [[34, ['AdmitStoreDown']]],
  },
  {
    title: 'a few requests time out at Redis',
    intervalSeconds: FAST,
    changes: [rejected('store_unavailable', [0, 30], [10])],
    checks: [[50, []]],
  },
  {
    title: 'NATS is down',
    intervalSeconds: FAST,
    changes: [
      does('admit_dependency_up', { dependency: 'nats' }, [1, 30], [0]),
      does(
        'admit_handshake_duration_seconds_count',
        { outcome: 'ticket_service_unavailable' },
        [0, 30],
        [40],
      ),
      does('admit_handshake_duration_seconds_count', { outcome: 'admitted' }, [30, 30], [0]),
      does('admit_events_total', {}, [42, 30], [0]),
      consumed([60, 30], [0]),
    ],
    checks: [
      [31, ['AdmitBusDown']],
      [35, ['AdmitBusDown'], ['AdmitAdmissionsFailing']],
      [50, ['AdmitBusDown'], ['AdmitAdmissionsFailing', 'AdmitNoAdmissions']],
    ],
  },
  {
    title: 'one edge of two lost its connection to NATS',
    intervalSeconds: FAST,
    changes: [does('admit_dependency_up', { instance: 'edge-1', dependency: 'nats' }, [1, 30], [0])],
    checks: [[50, []]],
  },
  {
    title: "the issuer's keys cannot be fetched, and none is usable",
    intervalSeconds: FAST,
    changes: [
      rejected('issuer_unavailable', [0, 30], [20]),
      does('admit_issuer_keys_reachable', {}, [1, 20], [0]),
    ],
    checks: [
      [29, []],
      [33, ['AdmitIssuerKeysUnusable'], ['AdmitIssuerKeysStale']],
    ],
  },
  {
    title: "the issuer's keys cannot be fetched, cached ones work",
    intervalSeconds: FAST,
    changes: [does('admit_issuer_keys_reachable', {}, [1, 20], [0, 40], [1])],
    checks: [
      [29, []],
      [31, ['AdmitIssuerKeysStale']],
      [46, []],
    ],
  },
  {
    title: "the issuer's keys come back after nine minutes, and four requests were rejected",
    intervalSeconds: FAST,
    changes: [
      does('admit_issuer_keys_reachable', {}, [1, 20], [0, 29], [1]),
      rejected('issuer_unavailable', [0, 20], [4, 21], [0]),
    ],
    checks: [
      [24, []],
      [35, []],
    ],
  },
  {
    title: 'Redis restarted empty',
    intervalSeconds: MINUTE,
    changes: [does('admit_store_epochs_total', {}, [16, 30], [32])],
    checks: [
      [29, []],
      [32, ['AdmitStoreEpochChanged']],
      [65, []],
    ],
  },
  {
    title: 'an installation starts for the first time',
    intervalSeconds: MINUTE,
    changes: [does('admit_store_epochs_total', {}, [0, 5], [16])],
    checks: [[7, []]],
  },
  {
    title: 'the clock of a machine is 6 s off',
    intervalSeconds: MINUTE,
    changes: [does('admit_clock_offset_seconds', { instance: 'edge-1' }, [4.5, 30], [-6])],
    checks: [
      [30, []],
      [36, ['AdmitClockOff']],
    ],
  },
  {
    title: 'the outbox fills',
    intervalSeconds: MINUTE,
    changes: [does('admit_outbox_events', {}, [5, 30], [4_000, 34], [5_000, 38], [6_000, 42], [7_000])],
    checks: [
      [30, []],
      [44, ['AdmitOutboxFilling']],
    ],
  },
  {
    title: 'the outbox holds a third of its bound and does not grow',
    intervalSeconds: MINUTE,
    changes: [does('admit_outbox_events', {}, [6_000])],
    checks: [[60, []]],
  },
  {
    title: 'the outbox grows fast and is nearly empty',
    intervalSeconds: MINUTE,
    changes: [does('admit_outbox_events', {}, [5, 30], [1_500, 33], [3_000, 36], [3_900, 40], [0])],
    checks: [[38, []]],
  },
  {
    title: 'tickets are rejected since the outbox is full',
    intervalSeconds: MINUTE,
    changes: [rejected('outbox_full', [0, 30], [5])],
    checks: [[35, ['AdmitOutboxFilling']]],
  },
  {
    title: 'the event stream fills',
    intervalSeconds: MINUTE,
    changes: [does('admit_event_stream_fill_ratio', {}, [0.69, 30], [0.71])],
    checks: [
      [30, []],
      [36, ['AdmitEventStreamFilling']],
    ],
  },
];

const auditLog: readonly Scenario[] = [
  {
    title: 'the audit-service stores nothing, and messages wait',
    intervalSeconds: MINUTE,
    changes: [
      does('admit_events_total', {}, [42, 30], [0]),
      does('admit_audit_consumer_pending_messages', {}, [0, 30], [500]),
    ],
    checks: [
      [33, []],
      [38, ['AdmitAuditLogStalled']],
    ],
  },
  {
    title: 'no events, and none wait: all other services are stopped',
    intervalSeconds: MINUTE,
    changes: [does('admit_events_total', {}, [42, 30], [0])],
    checks: [[40, []]],
  },
  {
    title: 'what could not be stored is three minutes old',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_lag_seconds', {}, [100, 30], [180])],
    checks: [
      [30, []],
      [33, ['AdmitAuditLogStalled']],
    ],
  },
  {
    title: 'no audit-service is scraped',
    intervalSeconds: MINUTE,
    changes: [ends('admit_events_total')],
    checks: [[5, ['AdmitAuditLogStalled']]],
  },
  ...(
    [
      ['admit_audit_missing_events', 'AdmitEventsMissing'],
      ['admit_audit_stream_lost_messages', 'AdmitEventsMissing'],
      ['admit_audit_conflicting_events', 'AdmitEventsMissing'],
      ['admit_audit_dead_letters', 'AdmitDeadLetters'],
    ] as const
  ).map(([metric, alert]) => ({
    title: `${metric} is 1, then acknowledged`,
    intervalSeconds: MINUTE,
    changes: [does(metric, {}, [0, 30], [1, 40], [0])],
    checks: [
      [29, []],
      [33, [alert]],
      [50, []],
    ] as const,
  })),
  {
    title: 'the retention has not run for more than an hour',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_retention_timestamp_seconds', {}, [3_500, 30], [3_900])],
    checks: [
      [30, []],
      [41, ['AdmitRetentionStalled']],
    ],
  },
  {
    title: 'events lie outside of the prepared days',
    intervalSeconds: MINUTE,
    changes: [does('admit_audit_outside_events', {}, [0, 30], [2])],
    checks: [[41, ['AdmitRetentionStalled']]],
  },
];

const edges: readonly Scenario[] = [
  {
    title: 'two edges start every two minutes',
    intervalSeconds: MINUTE,
    changes: [does('admit_service_starts_total', {}, [0, 30], [1])],
    checks: [
      [32, []],
      [36, ['AdmitEdgeCrashLoop']],
    ],
  },
  {
    title: 'ten edges are updated one after the other',
    intervalSeconds: MINUTE,
    changes: [
      does('admit_service_starts_total', {}, [0, 30], [1, 40], [0]),
      does('admit_service_instances', {}, [10]),
    ],
    checks: [[40, []]],
  },
  {
    title: 'an edge is killed with its connections',
    intervalSeconds: MINUTE,
    changes: [does('admit_edge_lost_connections_total', {}, [0, 30], [120, 31], [0])],
    checks: [
      [29, []],
      [33, ['AdmitEdgeLost']],
      [60, []],
    ],
  },
  {
    title: 'an edge drains for eight minutes',
    intervalSeconds: MINUTE,
    changes: [does('admit_draining', { instance: 'edge-1' }, [0, 30], [1, 38], [0])],
    checks: [
      [37, []],
      [45, []],
    ],
  },
  {
    title: 'an edge does not finish draining',
    intervalSeconds: MINUTE,
    changes: [does('admit_draining', { instance: 'edge-1' }, [0, 30], [1])],
    checks: [[41, ['AdmitDrainStuck']]],
  },
  {
    title: 'a process is busy',
    intervalSeconds: MINUTE,
    changes: [does('nodejs_eventloop_utilization_ratio', { instance: 'edge-1' }, [0.85, 30], [0.95])],
    checks: [
      [30, []],
      [36, ['AdmitEventLoopBusy']],
    ],
  },
  {
    title: 'the event loop of a process stands still again and again',
    intervalSeconds: MINUTE,
    changes: [does('nodejs_eventloop_delay_seconds', { instance: 'ticket-1' }, [0.2, 30], [0.4])],
    checks: [
      [30, []],
      [36, ['AdmitEventLoopBusy']],
    ],
  },
];

const clients: readonly Scenario[] = [
  {
    title: 'somebody replays stolen tickets',
    intervalSeconds: MINUTE,
    changes: [rejected('ticket_replayed', [0, 30], [1, 40], [0])],
    checks: [
      [30, []],
      [37, ['AdmitTicketsReplayed']],
      [90, []],
    ],
  },
  {
    title: 'a replay now and then',
    intervalSeconds: MINUTE,
    changes: [rejected('ticket_replayed', [0.2])],
    checks: [[60, []]],
  },
  {
    title: 'a release of the client reuses its tickets, from everywhere',
    intervalSeconds: MINUTE,
    changes: [rejected('ticket_replayed', [0, 30], [15])],
    checks: [[50, ['AdmitClientReusesTickets'], ['AdmitTicketsReplayed']]],
  },
  {
    title: 'one network replays thousands of tickets',
    intervalSeconds: MINUTE,
    changes: [
      rejected('ticket_replayed', [0, 30], [300]),
      does('admit_rejections_largest_prefix', {}, [3, 30], [1_500]),
    ],
    checks: [[50, ['AdmitTicketsReplayed', 'AdmitPrefixRejected']]],
  },
  {
    title: 'one network is rejected 100 times in five minutes',
    intervalSeconds: MINUTE,
    changes: [does('admit_rejections_largest_prefix', {}, [100])],
    checks: [[60, []]],
  },
  {
    title: 'a deploy forgot an origin',
    intervalSeconds: MINUTE,
    changes: [does('admit_origin_blocked_largest_addresses', {}, [9, 30], [10])],
    checks: [
      [30, []],
      [33, ['AdmitOriginBlocked']],
    ],
  },
  {
    title: 'all clients reconnect at once',
    intervalSeconds: MINUTE,
    changes: [
      consumed([60, 2 * HOURS], [1_000, 2 * HOURS + 5], [60]),
      issued([61, 2 * HOURS], [1_010, 2 * HOURS + 5], [61]),
      does('admit_connection_closes_total', { code: '1006' }, [10, 2 * HOURS], [1_000, 2 * HOURS + 5], [10]),
    ],
    checks: [
      [2 * HOURS, []],
      [2 * HOURS + 5, ['AdmitReconnectStorm']],
      [2 * HOURS + 40, []],
    ],
  },
  {
    title: 'ten times as many visitors as an hour ago arrive and stay',
    intervalSeconds: MINUTE,
    changes: [consumed([60, 2 * HOURS], [600]), issued([61, 2 * HOURS], [610])],
    checks: [[2 * HOURS + 10, []]],
  },
  {
    title: 'the JWT pathway is used again after two days',
    intervalSeconds: SLOW,
    changes: [does('admit_tickets_total', { pathway: 'jwt' }, [1, HOURS], [0, 2 * DAYS], [1])],
    checks: [
      [2 * DAYS - 30, []],
      [2 * DAYS + 60, ['AdmitJwtPathwayUsed']],
    ],
  },
  {
    title: 'the JWT pathway is in use',
    intervalSeconds: SLOW,
    changes: [does('admit_tickets_total', { pathway: 'jwt' }, [1])],
    checks: [[2 * DAYS, []]],
  },
  {
    title: 'an operator uses a break-glass token',
    intervalSeconds: MINUTE,
    changes: [does('admit_break_glass_uses_total', {}, [0, 30], [1, 31], [0])],
    checks: [
      [29, []],
      [33, ['AdmitBreakGlassUsed']],
    ],
  },
  {
    title: 'a newer edge sends a reason that the audit-service does not know',
    intervalSeconds: MINUTE,
    changes: [rejected('other', [0, 30], [3])],
    checks: [
      [29, []],
      [33, ['AdmitUnknownReason']],
    ],
  },
];

export const scenarios: readonly Scenario[] = [
  { title: 'normal traffic for nine days', intervalSeconds: SLOW, changes: [], checks: [[9 * DAYS, []]] },
  ...failing,
  ...admissions,
  ...engines,
  ...auditLog,
  ...edges,
  ...clients,
];
