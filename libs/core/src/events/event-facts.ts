import type { CloudEvent } from './cloud-event.ts';

/** What an event can be found and counted by. Null where it does not tell. */
export interface EventFacts {
  readonly ticket: string | null;
  readonly issuer: string | null;
  readonly session: string | null;
  readonly user: string | null;
  readonly connection: string | null;
  /** As the event says it: not checked against the reasons table. */
  readonly reason: string | null;
  /** How many occurrences the event stands for; above 1 where it is folded. */
  readonly count: number;
}

const MAX_COUNT = 2 ** 31 - 1;

/** Finds the facts in an event's members. Members of an unexpected form tell nothing. */
export function factsOf({ type, subject, data }: CloudEvent): EventFacts {
  const principal = (data.principal ?? {}) as Record<string, unknown>;
  return {
    ticket: textOf(data.ticketId) ?? (type.startsWith('admit.ticket.') ? subject : null),
    issuer: textOf(principal.issuer),
    session: textOf(principal.session),
    user: textOf(principal.user),
    connection: textOf(data.connection) ?? (type.startsWith('admit.connection.') ? subject : null),
    reason: textOf(data.reason),
    count: isCount(data.count) ? data.count : 1,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
}
