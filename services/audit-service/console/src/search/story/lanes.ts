import type { StoryEvent } from '@admit-one/audit-service/api-types';
import { durationText } from '../../ui/time-text.ts';
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

/** What lasted from one event to the next, or from the opening of a connection until its end. */
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

/** The lanes of a story, in the order in which they begin. */
export function lanesOf(events: readonly StoryEvent[]): readonly Lane[] {
  const places = placesOf(events.map(({ sinceMs }) => sinceMs));
  const lanes = new Map<string, { kind: Lane['kind']; id: string; marks: Mark[] }>();
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

/** The event that admits is the end of a ticket's use and the beginning of its connection, so it is in both lanes. */
function lanesOfEvent(event: StoryEvent): readonly Pick<Lane, 'kind' | 'id'>[] {
  const { ticket, connection } = factsOf(event);
  const ofConnection = connection === null ? [] : [{ kind: 'connection', id: connection } as const];
  if (event.type.startsWith('admit.connection.')) return ofConnection;
  if (ticket === null) return [{ kind: 'other', id: '' }];
  const ofTicket = { kind: 'ticket', id: ticket } as const;
  return event.type === 'admit.ticket.consumed' ? [ofTicket, ...ofConnection] : [ofTicket];
}

/**
 * Where times are on a line from 0 to 1. A story has milliseconds and hours: the longer a pause, the wider it is, but by its
 * logarithm, so that what is close together can be told apart.
 */
export function placesOf(times: readonly number[]): readonly number[] {
  let sum = 0;
  const sums = times.map((time, index) => {
    const pause = time - (times[index - 1] ?? time);
    sum += index === 0 ? 0 : Math.log10(10 + pause);
    return sum;
  });
  return sums.map((place) => (sum === 0 ? 0 : place / sum));
}

function stretchesOf(kind: Lane['kind'], marks: readonly Mark[]): readonly Stretch[] {
  if (kind === 'other') return [];
  return marks.slice(1).flatMap((mark, index) => {
    const before = marks[index];
    if (before === undefined || before.x === mark.x) return [];
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
