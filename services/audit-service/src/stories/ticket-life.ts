import {
  type EventFacts,
  factsOf,
  isReason,
  openedConnectionOf,
  type Reason,
  type ReceivedEvent,
} from '@admit-one/core';
import { grouped } from './words.ts';

/** An event with its facts. */
export interface Happening {
  readonly event: ReceivedEvent;
  readonly facts: EventFacts;
  /** Unix milliseconds. */
  readonly at: number;
  /** Whether the event opened a connection whose end will be reported. */
  readonly endIsReported: boolean;
}

/** A rejection of any kind. A folded one stands for `count`. */
export interface Rejection extends Happening {
  readonly reason: Reason;
  readonly count: number;
}

/** What happened to one ticket, or on one connection, in the order of its events. */
export interface HappeningsOfOne {
  readonly issued: Happening | undefined;
  readonly reserved: readonly Happening[];
  readonly released: readonly Happening[];
  /** Its admissions: one at most, unless a ticket store lost what it had acknowledged. */
  readonly consumed: readonly Happening[];
  readonly revoked: Happening | undefined;
  readonly rejections: readonly Rejection[];
  readonly closed: Happening | undefined;
}

export interface TicketLife extends HappeningsOfOne {
  readonly ticketId: string;
}

/** How far a ticket came: issued, presented, reserved, consumed, and stayed connected for `STAYED_MS`. */
export const stages = ['issued', 'presented', 'reserved', 'consumed', 'stayed'] as const;

export type Stage = (typeof stages)[number];

const STAYED_MS = 10_000;

/** @param edgesWithoutReports the servers that hold connections and do not report when these end */
export function happeningOf(event: ReceivedEvent, edgesWithoutReports: ReadonlySet<string>): Happening {
  const opened = openedConnectionOf(event);
  const endIsReported = opened !== null && !edgesWithoutReports.has(opened.edge);
  return { event, facts: factsOf(event), at: Date.parse(event.time), endIsReported };
}

/** The rejections among events. One with a reason that this version does not know is left out. */
export function rejectionsAmong(happenings: readonly Happening[]): readonly Rejection[] {
  return happenings.flatMap((happening) => {
    const { event, facts } = happening;
    const { reason, count } = facts;
    return event.type.endsWith('.rejected') && isReason(reason) ? [{ ...happening, reason, count }] : [];
  });
}

/** The lives of the tickets among events, in the order in which they first appear. */
export function livesAmong(happenings: readonly Happening[]): readonly TicketLife[] {
  const byTicket = grouped(
    happenings.filter(({ facts }) => facts.ticket !== null),
    ({ facts }) => facts.ticket ?? '',
  );
  return [...byTicket].map(([ticketId, own]) => ({ ticketId, ...lifeOfTicket(own) }));
}

/**
 * The life of one ticket. A connection that ended was admitted, also where that is older than what the story or the audit log
 * reaches back to.
 */
export function lifeOfTicket(own: readonly Happening[]): HappeningsOfOne {
  const life = lifeOf(own);
  return life.consumed.length === 0 && life.closed ? { ...life, consumed: [life.closed] } : life;
}

/** Sorts the events of one ticket, or of one connection, by their types. */
export function lifeOf(own: readonly Happening[]): HappeningsOfOne {
  const of = (type: ReceivedEvent['type']) => own.filter(({ event }) => event.type === type);
  return {
    issued: of('admit.ticket.issued')[0],
    reserved: of('admit.ticket.reserved'),
    released: of('admit.ticket.released'),
    consumed: of('admit.ticket.consumed'),
    revoked: of('admit.ticket.revoked')[0],
    rejections: rejectionsAmong(own),
    closed: endAmong(of('admit.connection.closed')),
  };
}

/** The end of a connection: what its edge reported counts before what the audit log assumed when the edge was lost. */
function endAmong(closed: readonly Happening[]): Happening | undefined {
  return closed.find(({ facts }) => facts.reason !== 'edge_lost') ?? closed[0];
}

/** How long a connection lasted, or has lasted until now. */
export function lastedMs(opened: Happening, closed: Happening | undefined, now: number): number {
  const durationMs = closed?.event.data.durationMs;
  if (typeof durationMs === 'number') return durationMs;
  return Math.max(0, (closed?.at ?? now) - opened.at);
}

/** Whether a ticket was redeemed: its connection, which another server holds, has the handshake's key for its id. */
export function isRedeemed({ event, facts }: Happening): boolean {
  return facts.connection === null || facts.connection === event.data.handshake;
}

/** A page whose origin is blocked was stopped before it could present its ticket. */
export function isOfBlockedPage({ reason }: Rejection): boolean {
  return reason === 'origin_blocked';
}

/** How far a ticket came. */
export function stageOf(life: HappeningsOfOne, now: number): Stage {
  const opened = life.consumed.at(-1);
  if (opened) {
    const isKnown = life.closed !== undefined || opened.endIsReported;
    return isKnown && lastedMs(opened, life.closed, now) >= STAYED_MS ? 'stayed' : 'consumed';
  }
  if (life.reserved.length > 0) return 'reserved';
  return life.rejections.some((rejection) => !isOfBlockedPage(rejection)) ? 'presented' : 'issued';
}
