import { type AuditEvent, compareEvents } from './audit-event.ts';

/** The stations of a ticket's life, in the order of a good one. */
export const lifecycleStages = ['issued', 'reserved', 'consumed', 'closed'] as const;

export type LifecycleStage = (typeof lifecycleStages)[number];

/** What the trail tells of one ticket. */
export interface TicketHistory {
  readonly ticketId: string;
  /** In the trail's order. */
  readonly events: readonly AuditEvent[];
}

const stageOfType: Readonly<Record<string, LifecycleStage>> = {
  'admit.ticket.issued': 'issued',
  'admit.ticket.reserved': 'reserved',
  'admit.ticket.consumed': 'consumed',
  'admit.connection.closed': 'closed',
};

/** The story with one event more, or itself where it has that event. */
export function addEvent(story: TicketHistory, event: AuditEvent): TicketHistory {
  if (story.events.some(({ id }) => id === event.id)) return story;
  return { ...story, events: [...story.events, event].sort(compareEvents) };
}

/** The last event of each station that the ticket has come to. */
export function reachedStages({ events }: TicketHistory): ReadonlyMap<LifecycleStage, AuditEvent> {
  const reached = new Map<LifecycleStage, AuditEvent>();
  for (const event of events) {
    const station = stageOfType[event.type];
    if (station) reached.set(station, event);
  }
  return reached;
}

/** Why the ticket was refused, each time that it was. */
export function rejectionsOf({ events }: TicketHistory): readonly { reason: string; event: AuditEvent }[] {
  return events
    .filter(({ type }) => type.endsWith('.rejected'))
    .map((event) => ({ event, reason: String(event.data.reason) }));
}

/** When it was first heard of, in Unix milliseconds. */
export function startOf({ events: [first] }: TicketHistory): number {
  return first === undefined ? 0 : Date.parse(first.time);
}
