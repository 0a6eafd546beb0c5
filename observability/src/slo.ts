import { type EventType, type Fault, type Reason, reasonRow, reasons } from '@admit-one/core';

/** Which events count. Synthetic events, those of a probe, never do. A folded event counts as its `count`. */
export interface SloEvents {
  readonly types: readonly EventType[];
  /** Only events with one of these reasons; absent: any, or none. */
  readonly reasons?: readonly Reason[];
  /** Only events whose measure is within the bound, or only those beyond it. */
  readonly measure?: { readonly of: SloMeasure; readonly is: '<=' | '>'; readonly seconds: number };
}

/**
 * `upgrade`: from the begin of the upgrade to the confirmed ticket, as the event of the admission says. `storage`: from the time
 * of the event to its commit in the audit log.
 */
export type SloMeasure = 'upgrade' | 'storage';

/** A service level objective: which share of the events must be good over `SLO_DAYS`. */
export interface Slo {
  readonly title: string;
  readonly description: string;
  readonly objective: number;
  readonly good: readonly SloEvents[];
  readonly bad: readonly SloEvents[];
}

/** The days of the error budget. */
export const SLO_DAYS = 30;

/** An upgrade that takes longer is slow. */
export const UPGRADE_SECONDS = 0.25;

/** An event that is stored later than this is late. */
export const STORED_WITHIN_SECONDS = 10;

const rejections: readonly EventType[] = [
  'admit.issuance.rejected',
  'admit.handshake.rejected',
  'admit.ticket.rejected',
];

const ticketRejections: readonly EventType[] = ['admit.handshake.rejected', 'admit.ticket.rejected'];

/** The reasons whose `fault` is this one. */
export function reasonsOf(fault: Fault): readonly Reason[] {
  return (Object.keys(reasons) as Reason[]).filter((reason) => reasonRow(reason).fault === fault);
}

/**
 * What can also keep the holder of a ticket out. Only reasons that take a real ticket, or a
 * full edge, are here: anyone can cause the others without one, and a flood of them would say nothing about users.
 */
const keepsHoldersOut: readonly Reason[] = [
  'ticket_expired',
  'ticket_in_use',
  'route_mismatch',
  'origin_mismatch',
  'address_mismatch',
  'reservation_lost',
  'too_many_connections',
];

const admissions: SloEvents = { types: ['admit.ticket.consumed'] };

function within(types: readonly EventType[], of: SloMeasure, seconds: number): Pick<Slo, 'good' | 'bad'> {
  return {
    good: [{ types, measure: { of, is: '<=', seconds } }],
    bad: [{ types, measure: { of, is: '>', seconds } }],
  };
}

/** Every objective. Metrics, alerts, dashboards and docs/alerts.md derive from it. */
export const slos = {
  availability: {
    title: 'Availability',
    description:
      'Requests for tickets and upgrades that no failure of ours rejected. Rejections that clients, policies or attackers cause count neither way: with a flood among the good ones, an outage would not show.',
    objective: 0.999,
    good: [{ types: ['admit.ticket.issued'] }, admissions],
    bad: [{ types: rejections, reasons: reasonsOf('infrastructure') }],
  },
  admission_success: {
    title: 'Admission success',
    description:
      'Upgrades with a ticket that were admitted. What anyone can cause without a ticket does not count; replays do not either.',
    objective: 0.99,
    good: [admissions],
    bad: [{ types: ticketRejections, reasons: [...reasonsOf('infrastructure'), ...keepsHoldersOut] }],
  },
  upgrade_latency: {
    title: 'Upgrade latency',
    description: `Admissions whose upgrade took at most ${UPGRADE_SECONDS * 1000} ms.`,
    objective: 0.99,
    ...within(admissions.types, 'upgrade', UPGRADE_SECONDS),
  },
  log_freshness: {
    title: 'Freshness of the audit log',
    description: `Events of tickets that were in the audit log within ${STORED_WITHIN_SECONDS} s.`,
    objective: 0.999,
    ...within(
      ['admit.ticket.issued', 'admit.ticket.reserved', 'admit.ticket.consumed', ...rejections],
      'storage',
      STORED_WITHIN_SECONDS,
    ),
  },
} as const satisfies Record<string, Slo>;

export type SloName = keyof typeof slos;

/** The definition of an objective, with the table's common type. */
export function sloRow(name: SloName): Slo {
  return slos[name];
}
