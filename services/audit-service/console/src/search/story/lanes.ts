import type { StoryEvent } from '@admit-one/audit-service/api-types';
import { durationText } from '@admit-one/text/duration-text';
import { factsOf } from '../list/event-facts.ts';
import { type Tone, toneOf, typeWords } from '../list/event-words.ts';

/** An event in a lane. */
export interface Mark {
  readonly event: StoryEvent;
  /** From 0 to 1. */
  readonly x: number;
  readonly tone: Tone;
  readonly label: string;
}

/** What lasted from one event to the next. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** How long it took. */
  readonly text: string;
  readonly kind: 'step' | 'open';
}

/** What happened to one ticket or one connection; `other` has what belongs to neither. */
export interface Lane {
  readonly kind: 'ticket' | 'connection' | 'other';
  readonly id: string;
  readonly marks: readonly Mark[];
  readonly stretches: readonly Stretch[];
}

/** A ticket and the connection that it opened, on one scale. */
export interface Visit {
  readonly id: string;
  /** When it began, RFC 3339. */
  readonly at: string;
  readonly lanes: readonly Lane[];
}

interface LaneKey {
  readonly kind: Lane['kind'];
  readonly id: string;
}

/** The visits of a story, in the order in which they begin. */
export function visitsOf(events: readonly StoryEvent[]): readonly Visit[] {
  // The close of a connection may not name its ticket.
  const tickets = new Map<string, string>();
  for (const event of events) {
    const { ticket, connection } = factsOf(event);
    if (event.type === 'admit.ticket.consumed' && ticket !== null && connection !== null)
      tickets.set(connection, ticket);
  }
  const visits = new Map<string, StoryEvent[]>();
  for (const event of events) {
    const { ticket, connection } = factsOf(event);
    const id = ticket ?? tickets.get(connection ?? '') ?? connection ?? '';
    visits.set(id, [...(visits.get(id) ?? []), event]);
  }
  return [...visits].map(([id, own]) => ({ id, at: own[0]?.time ?? '', lanes: lanesOf(own) }));
}

function lanesOf(events: readonly StoryEvent[]): readonly Lane[] {
  const places = placesOf(events.map(({ sinceMs }) => sinceMs));
  const lanes = new Map<string, LaneKey & { readonly marks: Mark[] }>();
  events.forEach((event, index) => {
    const mark = { event, x: places[index] ?? 0, tone: toneOf(event.type), label: labelOf(event) };
    for (const { kind, id } of lanesOfEvent(event)) {
      const lane = lanes.get(`${kind} ${id}`) ?? { kind, id, marks: [] };
      lane.marks.push(mark);
      lanes.set(`${kind} ${id}`, lane);
    }
  });
  return [...lanes.values()].map((lane) => ({ ...lane, stretches: stretchesOf(lane.kind, lane.marks) }));
}

/** The event that admits ends the way of a ticket and begins its connection, so it is in both lanes. */
function lanesOfEvent(event: StoryEvent): readonly LaneKey[] {
  const { ticket, connection } = factsOf(event);
  const ofConnection = connection === null ? [] : [{ kind: 'connection', id: connection } as const];
  if (event.type.startsWith('admit.connection.')) return ofConnection;
  if (ticket === null) return [{ kind: 'other', id: '' }];
  const ofTicket = { kind: 'ticket', id: ticket } as const;
  return event.type === 'admit.ticket.consumed' ? [ofTicket, ...ofConnection] : [ofTicket];
}

/**
 * Where times are on a line from 0 to 1. A visit has milliseconds and hours: a longer pause is wider, but by its logarithm,
 * so that what is close together can be told apart.
 */
export function placesOf(times: readonly number[]): readonly number[] {
  let sum = 0;
  const sums = times.map((time, index) => {
    if (index > 0) sum += Math.log10(10 + time - (times[index - 1] ?? time));
    return sum;
  });
  return sums.map((place) => (sum === 0 ? 0 : place / sum));
}

/** The time between the marks of a lane. A rejected replay neither ends nor begins something on a ticket that is used. */
function stretchesOf(kind: Lane['kind'], marks: readonly Mark[]): readonly Stretch[] {
  if (kind === 'other') return [];
  return marks.slice(1).flatMap((mark, index) => {
    const before = marks[index];
    const isUsed = kind === 'ticket' && before?.event.type === 'admit.ticket.consumed';
    if (before === undefined || isUsed) return [];
    const text = durationText(mark.event.sinceMs - before.event.sinceMs);
    return [{ from: before.x, to: mark.x, text, kind: kind === 'connection' ? 'open' : 'step' } as const];
  });
}

/** Short, because marks are close: `issued`, or the reason of a rejection. */
function labelOf(event: StoryEvent): string {
  const { reason } = factsOf(event);
  if (event.type.endsWith('.rejected') && reason !== null) return reason.replaceAll('_', ' ');
  return typeWords(event.type).split(' ').slice(1).join(' ');
}
