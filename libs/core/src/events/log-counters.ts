import { isReason, reasons } from '../reasons.ts';
import { pathways } from '../schemas.ts';
import { serviceNames } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import type { EventFacts } from './event-facts.ts';

/** How far tickets get. `stayed`: the connection was open for `STAYED_SECONDS`. */
export const ticketStages = ['issued', 'presented', 'reserved', 'consumed', 'stayed', 'revoked'] as const;

export const STAYED_SECONDS = 10;

/** The clients that are counted by their name: a release of the browser client adds its own. */
export const countedClients = ['admit-one/0.1.0'] as const;

/** Those of RFC 6455 and its registry. */
const protocolCodes = [
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008],
  ...[1009, 1010, 1011, 1012, 1013, 1014, 1015],
];
const ownCodes = Object.values(reasons).flatMap(({ close }) => close ?? []);

/** The close codes that are counted by themselves: clients choose others. */
export const countedCloseCodes: readonly number[] = [...new Set([...protocolCodes, ...ownCodes])].sort(
  (a, b) => a - b,
);

/** The histograms that the audit log keeps of its events: the upper bounds of their buckets, in seconds. */
export const logHistograms = {
  issue_to_consume: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
  connection_duration: [1, STAYED_SECONDS, 60, 300, 900, 3_600, 14_400, 86_400],
  upgrade: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  /** From an event to its commit in the audit log. */
  storage: [1, 2.5, 5, 10, 30, 60, 300, 3_600],
} as const satisfies Record<string, readonly number[]>;

export type LogHistogram = keyof typeof logHistograms;

/** The events whose time until they are stored is counted. */
export const storageCounted: readonly ReceivedEvent['type'][] = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.ticket.rejected',
  'admit.issuance.rejected',
  'admit.handshake.rejected',
];

/** The events that show that a ticket was presented. An admission follows a reservation. */
export const presentingTypes: readonly ReceivedEvent['type'][] = [
  'admit.ticket.reserved',
  'admit.ticket.rejected',
  'admit.handshake.rejected',
];

/** A counter of the audit log, as words, and how much is added to it. */
export type Count = readonly [counter: string, amount: number];

/**
 * What an event adds to the counters of the audit log. A counter has its name and labels as words:
 *
 * - `events <type> <reason>`: events; the reason is `-` where there is none, and `other` where the table lacks it
 * - `tickets <stage> <pathway>`
 * - `<histogram> <bucket>`: events of which so many bounds are below their value; `<histogram> sum`: milliseconds
 * - `closes <code>`, `clients <client>`, `starts <service>`, `break_glass`
 *
 * Events of a probe add nothing. The result depends on nothing but the event, so counts are the same after a replay. What
 * depends on other events or on time, the audit log counts itself: `tickets presented`, `tickets unused`, `storage`, and
 * `tickets stayed` of connections that are open.
 */
export function countsOf(event: ReceivedEvent, facts: EventFacts): readonly Count[] {
  if (facts.synthetic !== null) return [];
  const { type, time, data } = event;
  const { reason, issuedAt, count } = facts;
  const counted: Count = [
    `events ${type} ${reason === null ? '-' : isReason(reason) ? reason : 'other'}`,
    count,
  ];
  switch (type) {
    case 'admit.ticket.issued':
      return [counted, stage('issued', facts)];
    case 'admit.ticket.reserved':
      return [counted, stage('reserved', facts)];
    case 'admit.ticket.revoked':
      return [counted, stage('revoked', facts)];
    case 'admit.ticket.consumed':
      return [
        counted,
        stage('consumed', facts),
        [`clients ${countedClients.find((client) => client === facts.client) ?? 'other'}`, 1],
        ...histogram('issue_to_consume', issuedAt === null ? null : Date.parse(time) - issuedAt),
        ...histogram('upgrade', data.upgradeMs),
      ];
    case 'admit.connection.closed':
      return [
        counted,
        [`closes ${countedCloseCodes.find((code) => code === data.code) ?? 'other'}`, 1],
        ...(isAtLeast(data.durationMs, STAYED_SECONDS) ? [stage('stayed', facts)] : []),
        ...histogram('connection_duration', data.durationMs),
      ];
    case 'admit.service.started':
      return isService(data.service) ? [counted, [`starts ${data.service}`, 1]] : [counted];
    case 'admit.audit.accessed':
      return isBreakGlass(data.operator) ? [counted, ['break_glass', 1]] : [counted];
    default:
      return [counted];
  }
}

function stage(name: (typeof ticketStages)[number], facts: EventFacts): Count {
  return [`tickets ${name} ${pathways.find((pathway) => pathway === facts.pathway) ?? 'ticket'}`, 1];
}

/** @param ms not a number where the event does not have it */
function histogram(name: LogHistogram, ms: unknown): readonly Count[] {
  if (typeof ms !== 'number' || !(ms >= 0) || !Number.isSafeInteger(Math.round(ms))) return [];
  const bucket = logHistograms[name].filter((bound) => ms > bound * 1000).length;
  return [
    [`${name} ${bucket}`, 1],
    [`${name} sum`, Math.round(ms)],
  ];
}

function isService(name: unknown): boolean {
  return serviceNames.some((service) => service === name);
}

function isAtLeast(ms: unknown, seconds: number): boolean {
  return typeof ms === 'number' && ms >= seconds * 1000;
}

function isBreakGlass(operator: unknown): boolean {
  return (operator as { readonly from?: unknown } | null | undefined)?.from === 'break_glass';
}
