import {
  available,
  DAYS,
  does,
  FAST,
  HOURS,
  MINUTE,
  rejected,
  type Scenario,
  SLOW,
  unavailable,
} from './scenario.ts';

/** Failures of ours, from all requests to a few at night; and floods that are nobody's failure. */
export const failing: readonly Scenario[] = [
  {
    title: 'two of three requests fail',
    intervalSeconds: FAST,
    changes: [unavailable([0, 30], [100, 40], [0]), available([121, 30], [50, 40], [121])],
    checks: [
      [30, []],
      [34, ['AdmitAdmissionsFailing'], ['AdmitAvailabilityBurn']],
      [39, ['AdmitAdmissionsFailing'], ['AdmitAvailabilityBurn', 'AdmitFailureTrickle']],
      [85, ['AdmitAvailabilitySlowBurn'], ['AdmitFailureTrickle']],
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
