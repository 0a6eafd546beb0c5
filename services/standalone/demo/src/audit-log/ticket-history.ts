import { type AuditEvent, compareEvents } from './audit-event.ts';

/** The stages of a ticket that opens a connection, in order. */
export const lifecycleStages = ['issued', 'reserved', 'consumed', 'closed'] as const;

export type LifecycleStage = (typeof lifecycleStages)[number];

export interface TicketHistory {
  readonly ticketId: string;
  /** In the order of the audit log. */
  readonly events: readonly AuditEvent[];
}

const stageOfType: Readonly<Record<string, LifecycleStage>> = {
  'admit.ticket.issued': 'issued',
  'admit.ticket.reserved': 'reserved',
  'admit.ticket.consumed': 'consumed',
  'admit.connection.closed': 'closed',
};

/** Adds an event; returns the same object if it has the event already. */
export function addEvent(history: TicketHistory, event: AuditEvent): TicketHistory {
  if (history.events.some(({ id }) => id === event.id)) return history;
  return { ...history, events: [...history.events, event].sort(compareEvents) };
}

/** The last event of each stage reached. */
export function reachedStages({ events }: TicketHistory): ReadonlyMap<LifecycleStage, AuditEvent> {
  const reached = new Map<LifecycleStage, AuditEvent>();
  for (const event of events) {
    const stage = stageOfType[event.type];
    if (stage) reached.set(stage, event);
  }
  return reached;
}

/** What became of a ticket that no handshake presented; null if one did. @param now Unix milliseconds */
export function unusedFate(
  { events }: TicketHistory,
  now: number,
): 'not presented' | 'expired unused' | null {
  if (events.some(({ type }) => type !== 'admit.ticket.issued')) return null;
  return now < expiryOf(events) ? 'not presented' : 'expired unused';
}

/** When the ticket expires, in Unix milliseconds. */
export function expiryOf(events: TicketHistory['events']): number {
  return Math.max(...events.map(({ data }) => Number(data.expiresAt ?? 0)));
}

export function rejectionsOf({ events }: TicketHistory): readonly { reason: string; event: AuditEvent }[] {
  return events
    .filter(({ type }) => type.endsWith('.rejected'))
    .map((event) => ({ event, reason: String(event.data.reason) }));
}

/** The time of the first event, in Unix milliseconds. */
export function startOf({ events: [first] }: TicketHistory): number {
  return first === undefined ? 0 : Date.parse(first.time);
}
