import { all } from '../condition.ts';
import { before, compare, increase, level, ratioAbove } from '../log-condition.ts';
import { DAY, HOUR, MINUTE } from '../spans.ts';
import type { AlertRow } from './alert.ts';

const replayed = (seconds: number) =>
  increase('admit_rejections_total', seconds, { reason: ['ticket_replayed'] });
const admitted = (seconds: number) => increase('admit_tickets_total', seconds, { stage: ['consumed'] });
const overJwt = (seconds: number) =>
  increase('admit_tickets_total', seconds, { stage: ['consumed'], pathway: ['jwt'] });
/** Closes by which a client comes back at once: the network was lost, or the server went away. */
const dropped = (seconds: number) =>
  increase('admit_connection_closes_total', seconds, { code: ['1001', '1006', '1011', '1012', '1013'] });

/** What clients, pages and attackers do. Floods of it wake nobody. */
export const clientAlerts = {
  AdmitTicketsReplayed: {
    severity: 'ticket',
    summary: 'Used tickets are presented again',
    description:
      'At least 5 replays in 15 minutes. Each was rejected. Somebody has read tickets, or a client uses them twice.',
    condition: compare(replayed(15 * MINUTE), '>=', 5),
    forSeconds: 0,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: ['AdmitClientReusesTickets'],
  },
  AdmitClientReusesTickets: {
    severity: 'ticket',
    summary: 'A client program uses its tickets more than once',
    description:
      'Replays are more than 5 % of the admissions of half an hour, at least 30, and no single network sends most of the rejections: that is a release of a client, not a thief.',
    condition: all(
      ratioAbove(replayed(30 * MINUTE), admitted(30 * MINUTE), 0.05),
      compare(replayed(30 * MINUTE), '>=', 30),
      compare(level('admit_rejections_largest_prefix'), '<=', 100),
    ),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 30 * MINUTE,
    inhibitedBy: [],
  },
  AdmitPrefixRejected: {
    severity: 'ticket',
    summary: 'One network is rejected again and again',
    description:
      'More than 100 rejections in five minutes came from one network (IPv4 /24, IPv6 /64): an attack, a broken client, or a customer behind one address.',
    condition: compare(level('admit_rejections_largest_prefix'), '>', 100),
    forSeconds: 5 * MINUTE,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: ['AdmitStoreDown', 'AdmitBusDown', 'AdmitAdmissionsFailing'],
  },
  AdmitOriginBlocked: {
    severity: 'ticket',
    summary: 'A page that is not allowed is used by many people',
    description:
      'One blocked origin was tried from at least 10 networks in ten minutes. A deploy probably forgot to add it to FRONTEND_ORIGINS.',
    condition: compare(level('admit_origin_blocked_largest_addresses'), '>=', 10),
    forSeconds: 2 * MINUTE,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: [],
  },
  AdmitReconnectStorm: {
    severity: 'ticket',
    summary: 'Many clients lose their connection and come back at once',
    description:
      'At least 300 connections were dropped and at least 300 opened in five minutes, more than five times the rate of the hour before.',
    condition: all(
      compare(dropped(5 * MINUTE), '>=', 300),
      compare(admitted(5 * MINUTE), '>=', 300),
      ratioAbove(admitted(5 * MINUTE), before(admitted(5 * MINUTE), 5 * MINUTE, HOUR), (5 * 5) / 60),
    ),
    forSeconds: 0,
    keepFiringForSeconds: 10 * MINUTE,
    inhibitedBy: [],
  },
  AdmitJwtPathwayUsed: {
    severity: 'ticket',
    summary: 'Connections are admitted by JWT again, after a day without any',
    description:
      'The JWT pathway had not been used for a day, and now is: an old client, or an edge whose version or settings admit it again.',
    condition: all(compare(overJwt(HOUR), '>=', 1), compare(before(overJwt(HOUR), HOUR, DAY), '<', 0.5)),
    forSeconds: 0,
    keepFiringForSeconds: HOUR,
    inhibitedBy: [],
  },
  AdmitBreakGlassUsed: {
    severity: 'info',
    summary: 'A break-glass token was used',
    description:
      'An operator read the audit log with a token that was made offline. Its justification is in the event.',
    condition: compare(increase('admit_break_glass_uses_total', 15 * MINUTE), '>=', 1),
    forSeconds: 0,
    keepFiringForSeconds: 15 * MINUTE,
    inhibitedBy: [],
  },
  AdmitUnknownReason: {
    severity: 'info',
    summary: 'Rejections carry a reason that this version does not know',
    description:
      'An edge or ticket-service is newer than the audit-service. Metrics count its reason as `other`.',
    condition: compare(increase('admit_rejections_total', 15 * MINUTE, { reason: ['other'] }), '>=', 1),
    forSeconds: 0,
    keepFiringForSeconds: HOUR,
    inhibitedBy: [],
  },
} as const satisfies Record<string, AlertRow>;
