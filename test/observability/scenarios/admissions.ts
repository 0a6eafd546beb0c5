import type { AlertName } from '@admit-one/observability';
import { consumed, DAYS, does, FAST, HOURS, MINUTE, type Scenario, SLOW, slo } from './scenario.ts';

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

/** Whether holders of tickets get in, in time, and are seen at all. */
export const admissions: readonly Scenario[] = [
  ...burning('admission_success', 'AdmitSuccessBurn', 0.5, 12),
  ...burning('upgrade_latency', 'AdmitUpgradeSlow', 0.5, 12),
  ...burning('log_freshness', 'AdmitLogFreshnessBurn', 0.05, 3),
  {
    title: 'upgrades no longer reach the edges',
    intervalSeconds: MINUTE,
    changes: [
      does('admit_tickets_unused_total', { pathway: 'ticket' }, [1, 2 * HOURS], [60, 3 * HOURS], [1]),
      consumed([60, 2 * HOURS], [10, 3 * HOURS], [60]),
    ],
    checks: [
      [2 * HOURS + 4, []],
      [2 * HOURS + 15, ['AdmitTicketsNotPresented']],
      [3 * HOURS + 30, []],
    ],
  },
  {
    title: 'one client asks for tickets and presents none',
    intervalSeconds: MINUTE,
    changes: [does('admit_tickets_unused_total', { pathway: 'ticket' }, [1, 2 * HOURS], [60])],
    checks: [[3 * HOURS, []]],
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
    changes: [consumed([60, 2 * HOURS], [0])],
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
