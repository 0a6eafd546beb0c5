import { eventRow } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';

/** The facts that the audit log indexes and counts events by: where each is in an event's `data`. */
export const eventFacts = {
  ticket: ['ticketId'],
  issuer: ['principal', 'issuer'],
  session: ['principal', 'session'],
  user: ['principal', 'user'],
  connection: ['connection'],
  reason: ['reason'],
} as const satisfies Record<string, readonly string[]>;

export type EventFact = keyof typeof eventFacts;

/** An event's facts. Null where the event has none. */
export type EventFacts = { readonly [Fact in EventFact]: string | null } & {
  /** How many occurrences the event stands for; above 1 where it is folded. */
  readonly count: number;
};

const MAX_COUNT = 2 ** 31 - 1;

/**
 * Reads an event's facts; a ticket's or connection's event names it in its subject too, unless it is folded. Members of
 * another type count as absent.
 */
export function factsOf({ type, subject, data }: ReceivedEvent): EventFacts {
  const about = eventRow(type).subject;
  const count = isCount(data.count) ? data.count : 1;
  const fact = (name: EventFact) => textOf(valueAt(data, eventFacts[name]));
  return {
    ticket: fact('ticket') ?? (about === 'ticket' && count === 1 ? subject : null),
    issuer: fact('issuer'),
    session: fact('session'),
    user: fact('user'),
    connection: fact('connection') ?? (about === 'connection' ? subject : null),
    reason: fact('reason'),
    count,
  };
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], data);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
}
