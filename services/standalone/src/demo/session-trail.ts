import { factsOf, type ReceivedEvent } from '@admit-one/core';
import type { FollowedAuditLog } from './followed-audit-log.ts';
import type { Session } from './session.ts';

export interface SessionTrailOptions {
  readonly auditLog: Pick<FollowedAuditLog, 'query' | 'follow'>;
  /** Of an authenticated request: nobody else's events are told. */
  readonly principal: Session;
  /** How many of the events so far are told first. */
  readonly backlog: number;
  readonly tell: (events: readonly ReceivedEvent[]) => void;
}

/**
 * Tells a session's newest events so far in the trail's order, then each as it is stored; every event once, and none between
 * the two is missed. Returns the way out.
 * @throws {AuditLogError}
 */
export async function followSession(options: SessionTrailOptions): Promise<() => void> {
  const { auditLog, principal, backlog, tell } = options;
  const isOurs = ownEventsOf(principal);
  const meanwhile: ReceivedEvent[] = [];
  let hear = (events: readonly ReceivedEvent[]): void => {
    meanwhile.push(...events);
  };
  const leave = auditLog.follow((stored) => {
    const ours = stored.filter(isOurs);
    if (ours.length > 0) hear(ours);
  });
  try {
    const page = { limit: backlog, order: 'desc' } as const;
    const { events } = await auditLog.query({ session: principal.session }, page);
    const past = events.filter(isOurs).reverse();
    const told = new Set(past.map(({ id }) => id));
    tell([...past, ...meanwhile.filter(({ id }) => !told.has(id))]);
    hear = tell;
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}

/** An event that names no principal may still name one of the session's tickets. */
function ownEventsOf({ issuer, session }: Session): (event: ReceivedEvent) => boolean {
  const tickets = new Set<string>();
  return (event) => {
    const facts = factsOf(event);
    const named = facts.session !== null;
    const ours = named
      ? facts.session === session && facts.issuer === issuer
      : facts.ticket !== null && tickets.has(facts.ticket);
    if (ours && facts.ticket !== null) tickets.add(facts.ticket);
    return ours;
  };
}
