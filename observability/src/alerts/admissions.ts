import { badEvents, badShareAbove, burnsFast, fastBurn, slowBurn } from '../burn-rate.ts';
import { all, any, promql } from '../condition.ts';
import { before, compare, increase, ratioAbove } from '../log-condition.ts';
import { REPLICA_LABELS } from '../promql.ts';
import { reasonsOf } from '../slo.ts';
import { DAY, HOUR, MINUTE } from '../spans.ts';
import type { AlertRow } from './alert.ts';

const failures = reasonsOf('infrastructure').join('|');
const admitted = (seconds: number) => increase('admit_tickets_total', seconds, { stage: ['consumed'] });
const issued = (seconds: number) => increase('admit_tickets_total', seconds, { stage: ['issued'] });
const outages = ['AdmitStoreDown', 'AdmitBusDown'] as const;

/** Handshakes of all edges by outcome: what is left where the audit log gets no events. */
function handshakes(outcomes: string, span: string): string {
  const selector = `admit_handshake_duration_seconds_count{outcome=~"${outcomes}"}`;
  return `sum without (outcome, ${REPLICA_LABELS}) (increase(${selector}[${span}]))`;
}

/** Whether rightful users get in. */
export const admissionAlerts = {
  AdmitAdmissionsFailing: {
    severity: 'page',
    summary: 'Most users cannot connect: failures of the infrastructure reject more than half',
    description:
      'More than half of the requests for tickets and upgrades of the last two minutes, at least 10, were rejected by failures of ours. Seen in the audit log and, where it gets no events, at the edges.',
    condition: any(
      all(
        ratioAbove(
          badEvents('availability', 2 * MINUTE),
          increase('admit_slo_events_total', 2 * MINUTE, { slo: ['availability'] }),
          0.5,
        ),
        compare(badEvents('availability', 2 * MINUTE), '>=', 10),
      ),
      promql((duration) => {
        const span = duration(2 * MINUTE);
        const bad = handshakes(failures, span);
        return `${bad} / ${handshakes(`admitted|${failures}`, span)} > 0.5\nand\n${bad} >= 10`;
      }),
    ),
    forSeconds: MINUTE,
    keepFiringForSeconds: 5 * MINUTE,
    inhibitedBy: outages,
  },
  AdmitAvailabilityBurn: {
    severity: 'page',
    summary: 'Failures spend the error budget of availability fast',
    description:
      'Failures of the infrastructure spend 2 % of the 30-day budget in an hour, or 5 % in six hours, and still do.',
    condition: burnsFast('availability', fastBurn),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 2 * MINUTE,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing'],
  },
  AdmitAvailabilitySlowBurn: {
    severity: 'ticket',
    summary: 'Failures spend the error budget of availability faster than it lasts',
    description:
      'Failures of the infrastructure spend 10 % of the 30-day budget in a day or in three days, and still do.',
    condition: burnsFast('availability', slowBurn),
    forSeconds: 15 * MINUTE,
    keepFiringForSeconds: 30 * MINUTE,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing', 'AdmitAvailabilityBurn'],
  },
  AdmitFailureTrickle: {
    severity: 'ticket',
    summary: 'Failures go on, too few for the burn rates to notice',
    description:
      'At least 3 failures of the infrastructure in six hours, one of them in the last hour, and a share above the objective: with little traffic that is below the floor of the burn-rate alerts.',
    condition: all(
      badShareAbove('availability', 6 * HOUR, 1),
      compare(badEvents('availability', 6 * HOUR), '>=', 3),
      compare(badEvents('availability', HOUR), '>=', 1),
    ),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: HOUR,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing', 'AdmitAvailabilityBurn', 'AdmitAvailabilitySlowBurn'],
  },
  AdmitSuccessBurn: {
    severity: 'ticket',
    summary: 'Too many holders of a ticket are rejected',
    description:
      'Rejections of upgrades with a real ticket spend the budget of admission success (99 %) too fast, whether we, the configuration or a release of the client cause it.',
    condition: burnsFast('admission_success', [...fastBurn, ...slowBurn]),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing', 'AdmitAvailabilityBurn', 'AdmitStoreEpochChanged'],
  },
  AdmitUpgradeSlow: {
    severity: 'ticket',
    summary: 'Upgrades are slow',
    description:
      'More than 1 % of the admissions take longer than 250 ms, for long enough to spend the budget.',
    condition: burnsFast('upgrade_latency', [...fastBurn, ...slowBurn]),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing', 'AdmitReconnectStorm'],
  },
  AdmitTicketsNotPresented: {
    severity: 'page',
    summary: 'Clients get tickets, and their upgrades arrive nowhere',
    description:
      'More than half of the tickets of the last ten minutes, at least 20, expired without an edge having seen them, and admissions fell to less than half of what they were in the hour before: a failure of the load balancer, DNS or TLS in front of the edges. No edge can see it.',
    condition: all(
      ratioAbove(increase('admit_tickets_unused_total', 10 * MINUTE), issued(10 * MINUTE), 0.5),
      compare(increase('admit_tickets_unused_total', 10 * MINUTE), '>=', 20),
      // Less than half as many admissions as in the hour before: one client that presents no ticket keeps nobody out.
      ratioAbove(before(admitted(10 * MINUTE), 10 * MINUTE, HOUR), admitted(10 * MINUTE), 12),
    ),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: ['AdmitBusDown', 'AdmitAuditLogStalled'],
  },
  AdmitNoAdmissions: {
    severity: 'page',
    summary: 'Nobody is admitted at a time when many usually are',
    description:
      'No admission for ten minutes, although there were at least 20 in the same ten minutes of yesterday and of a week ago, or at least 300 in the hour before and tickets are still asked for.',
    condition: all(
      compare(admitted(10 * MINUTE), '<', 0.5),
      any(
        all(
          compare(before(admitted(10 * MINUTE), DAY), '>=', 20),
          compare(before(admitted(10 * MINUTE), 7 * DAY), '>=', 20),
        ),
        all(
          compare(before(admitted(10 * MINUTE), 10 * MINUTE, HOUR), '>=', 300),
          compare(issued(10 * MINUTE), '>=', 20),
        ),
      ),
    ),
    forSeconds: MINUTE,
    keepFiringForSeconds: 2 * MINUTE,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing', 'AdmitTicketsNotPresented', 'AdmitAuditLogStalled'],
  },
  AdmitProbeFailing: {
    severity: 'page',
    summary: 'A probe from outside cannot connect',
    description: 'An `admit probe` has not completed token, ticket, upgrade, echo and close for 90 seconds.',
    condition: promql(() => `time() - admit_probe_last_success_timestamp_seconds > 90`),
    forSeconds: 30,
    keepFiringForSeconds: 2 * MINUTE,
    inhibitedBy: [...outages, 'AdmitAdmissionsFailing'],
  },
} as const satisfies Record<string, AlertRow>;
