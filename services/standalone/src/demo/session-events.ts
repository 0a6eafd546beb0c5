import type { LiveTail } from '@admit-one/audit-service';
import { type AuditLog, factsOf, type Principal, type ReceivedEvent } from '@admit-one/core';

/** Identifies a session. Session ids are unique per issuer only. */
export type Session = Pick<Principal, 'issuer' | 'session'>;

export interface SessionEventsOptions {
  readonly auditLog: Pick<AuditLog, 'query'>;
  readonly tail: LiveTail;
  /** The session of an authenticated request. No other session's events are sent. */
  readonly principal: Session;
  /** How many past events are sent first. */
  readonly backlog: number;
  readonly send: (events: readonly ReceivedEvent[]) => void;
}

/**
 * Sends a session's latest past events in the order of the audit log, then each new one when it is stored. Every event is
 * sent once, including those stored while the past is read. Returns `unsubscribe`.
 * @throws {AuditLogError}
 */
export async function streamSessionEvents(options: SessionEventsOptions): Promise<() => void> {
  const { auditLog, tail, principal, backlog, send } = options;
  const isOwn = createSessionFilter(principal);
  const storedMeanwhile: ReceivedEvent[] = [];
  let deliver = (events: readonly ReceivedEvent[]): void => {
    storedMeanwhile.push(...events);
  };
  const unsubscribe = await tail.subscribe((stored) => deliver(stored));
  try {
    const page = { limit: backlog, order: 'desc' } as const;
    const { events } = await auditLog.query({ facts: { session: { include: [principal.session] } } }, page);
    const past = events.filter(isOwn).reverse();
    const sent = new Set(past.map(({ id }) => id));
    const fresh = (stored: readonly ReceivedEvent[]) =>
      stored.filter((event) => isOwn(event) && !sent.has(event.id));
    send([...past, ...fresh(storedMeanwhile)]);
    deliver = (stored) => {
      const own = fresh(stored);
      if (own.length > 0) send(own);
    };
    return unsubscribe;
  } catch (error) {
    unsubscribe();
    throw error;
  }
}

/** Accepts the session's events, and events without a principal that name one of the session's tickets. */
function createSessionFilter({ issuer, session }: Session): (event: ReceivedEvent) => boolean {
  const tickets = new Set<string>();
  return (event) => {
    const facts = factsOf(event);
    const isOwn =
      facts.session === null
        ? facts.ticket !== null && tickets.has(facts.ticket)
        : facts.session === session && facts.issuer === issuer;
    if (isOwn && facts.ticket !== null) tickets.add(facts.ticket);
    return isOwn;
  };
}
