import { inOrder, type TrailEvent } from './trail-event.ts';

/** The stations of a ticket's life, in the order of a good one. */
export const stations = ['issued', 'reserved', 'consumed', 'closed'] as const;

export type Station = (typeof stations)[number];

/** What the trail tells of one ticket. */
export interface TicketStory {
  readonly ticketId: string;
  /** In the trail's order. */
  readonly events: readonly TrailEvent[];
}

const stationOfType: Readonly<Record<string, Station>> = {
  'admit.ticket.issued': 'issued',
  'admit.ticket.reserved': 'reserved',
  'admit.ticket.consumed': 'consumed',
  'admit.connection.closed': 'closed',
};

/** The story with one event more, or itself where it has that event. */
export function told(story: TicketStory, event: TrailEvent): TicketStory {
  if (story.events.some(({ id }) => id === event.id)) return story;
  return { ...story, events: [...story.events, event].sort(inOrder) };
}

/** The last event of each station that the ticket has come to. */
export function stationsOf({ events }: TicketStory): ReadonlyMap<Station, TrailEvent> {
  const reached = new Map<Station, TrailEvent>();
  for (const event of events) {
    const station = stationOfType[event.type];
    if (station) reached.set(station, event);
  }
  return reached;
}

/** Why the ticket was refused, each time that it was. */
export function refusalsOf({ events }: TicketStory): readonly { reason: string; event: TrailEvent }[] {
  return events
    .filter(({ type }) => type.endsWith('.rejected'))
    .map((event) => ({ event, reason: String(event.data.reason) }));
}

/** When it was first heard of, in Unix milliseconds. */
export function beginningOf({ events: [first] }: TicketStory): number {
  return first === undefined ? 0 : Date.parse(first.time);
}
