import {
  available,
  consumed,
  does,
  FAST,
  issued,
  MINUTE,
  rejected,
  type Scenario,
  slo,
  unavailable,
  up,
} from './scenario.ts';

/** The engines behind the services, and the issuers of tokens. */
export const engines: readonly Scenario[] = [
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
      does('admit_events_total', { type: 'admit.service.alive' }, [42, 30], [0]),
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
