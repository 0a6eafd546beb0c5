import type { StoredEvent } from '@admit-one/core';
import type { Opened } from '../view.ts';
import { factsOf } from './event-facts.ts';

export type Tone = 'good' | 'bad' | 'plain' | 'quiet';

/** What a line of the list says of an event. */
export interface EventWords {
  /** Such as `ticket rejected`. */
  readonly what: string;
  readonly tone: Tone;
  readonly reason: string | null;
  /** How many occurrences it stands for. */
  readonly count: number;
  /** Who, from where and to what, each where the event tells it. */
  readonly who: string | null;
  readonly from: readonly string[];
  readonly to: string | null;
}

export function wordsOf(event: StoredEvent): EventWords {
  const { reason, count, user, session, address, origin, route, edge } = factsOf(event);
  return {
    what: typeWords(event.type),
    tone: toneOf(event.type),
    reason,
    count,
    who: user ?? session,
    from: [address, origin].filter((value) => value !== null),
    to: [route, edge].filter((value) => value !== null).join(' at ') || aboutInstance(event),
  };
}

/** `admit.ticket.rejected` as `ticket rejected`. */
export function typeWords(type: string): string {
  return type.replace(/^admit\./, '').replaceAll('.', ' ');
}

export function toneOf(type: string): Tone {
  if (type.endsWith('.rejected') || type === 'admit.alert.fired') return 'bad';
  if (type === 'admit.ticket.consumed' || type === 'admit.alert.resolved') return 'good';
  return /^admit\.(service|audit|store)\./.test(type) ? 'quiet' : 'plain';
}

/** What an event of an instance about itself is about: the service or alert that it names, or the instance. */
function aboutInstance({ type, source, data }: StoredEvent): string | null {
  if (!/^admit\.(service|audit|store|alert)\./.test(type)) return null;
  const { service, alert, access } = data;
  return [service, alert, access].find((name) => typeof name === 'string') ?? source;
}

/** What opens in the drawer for an event: the story of what it is about, or the event alone. */
export function openedBy(event: StoredEvent): Opened {
  const { ticket, connection, session, user } = factsOf(event);
  if (ticket !== null) return { kind: 'ticket', id: ticket };
  if (connection !== null) return { kind: 'connection', id: connection };
  if (session !== null && isVisit(event.type)) return { kind: 'session', id: session };
  if (user !== null && isVisit(event.type)) return { kind: 'user', id: user };
  return { kind: 'event', id: event.id, time: event.time };
}

const isVisit = (type: string) => /^admit\.(ticket|issuance|handshake|connection|session)\./.test(type);
