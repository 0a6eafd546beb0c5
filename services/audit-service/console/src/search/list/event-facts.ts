import type { ReceivedEvent } from '@admit-one/core';

/** Where a fact is in an event's `data`: the first of these that is there. */
const places = {
  ticket: ['ticketId'],
  session: ['principal.session', 'session'],
  user: ['principal.user', 'user'],
  connection: ['connection'],
  reason: ['reason'],
  origin: ['context.origin'],
  route: ['context.route', 'route'],
  edge: ['context.edge'],
  address: ['context.address', 'address'],
} as const;

export type ShownFact = keyof typeof places;

/** What the console shows of an event; null where the event has none. */
export type ShownFacts = { readonly [Fact in ShownFact]: string | null } & {
  /** How many occurrences the event stands for; above 1 where it is folded. */
  readonly count: number;
};

const names = Object.keys(places) as readonly ShownFact[];

/** As `factsOf` of the core, which needs Node. */
export function factsOf({
  type,
  subject,
  data,
}: Pick<ReceivedEvent, 'type' | 'subject' | 'data'>): ShownFacts {
  const facts = Object.fromEntries(names.map((name) => [name, textAt(data, places[name])])) as {
    [Fact in ShownFact]: string | null;
  };
  const count = Number.isInteger(data.count) && Number(data.count) > 0 ? Number(data.count) : 1;
  return {
    ...facts,
    ticket: facts.ticket ?? (type.startsWith('admit.ticket.') && count === 1 ? subject : null),
    connection: facts.connection ?? (type.startsWith('admit.connection.') ? subject : null),
    count,
  };
}

function textAt(data: unknown, paths: readonly string[]): string | null {
  for (const path of paths) {
    let value = data;
    for (const name of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
