import { isInstant } from '../instant.ts';
import { eventRow } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import { isForgotten } from './personal-values.ts';

/** The facts that the audit log finds and counts events by: where each may be in an event's `data`, the first that is there. */
export const eventFacts = {
  ticket: [['ticketId']],
  issuer: [['principal', 'issuer'], ['issuer']],
  kid: [['principal', 'kid']],
  session: [['principal', 'session'], ['session']],
  user: [['principal', 'user'], ['user']],
  connection: [['connection']],
  reason: [['reason']],
  origin: [['context', 'origin']],
  route: [['context', 'route'], ['route']],
  edge: [['context', 'edge']],
  pathway: [['pathway']],
  carrier: [['context', 'carrier']],
  agent: [['context', 'agent']],
  client: [['client']],
  address: [['context', 'address'], ['address']],
  /** `true`, or absent. */
  synthetic: [['principal', 'synthetic'], ['synthetic']],
} as const satisfies Record<string, readonly (readonly string[])[]>;

export type EventFact = keyof typeof eventFacts;

/** An event's facts. Null where the event has none. */
export type EventFacts = { readonly [Fact in EventFact]: string | null } & {
  /** The trace id of its `traceparent`: 32 hex digits. */
  readonly trace: string | null;
  /** The attributes of its principal. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When its ticket was issued, Unix milliseconds. */
  readonly issuedAt: number | null;
  /** How many occurrences the event stands for; above 1 where it is folded. */
  readonly count: number;
};

const places = Object.entries(eventFacts) as readonly [EventFact, readonly (readonly string[])[]][];

const MAX_COUNT = 2 ** 31 - 1;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/;

/**
 * Reads an event's facts; a ticket's or connection's event names it in its subject too, unless it is folded. Members of
 * another type count as absent, and so do those that were forgotten.
 */
export function factsOf({ type, subject, traceparent, data }: ReceivedEvent): EventFacts {
  const about = eventRow(type).subject;
  const count = isCount(data.count) ? data.count : 1;
  const facts = {} as { [Fact in EventFact]: string | null };
  for (const [name, paths] of places) facts[name] = firstText(data, paths);
  if (about === 'ticket' && count === 1) facts.ticket ??= subject;
  if (about === 'connection') facts.connection ??= subject;
  // Members behind a spread would be slow.
  return {
    trace: TRACEPARENT.exec(traceparent ?? '')?.[1] ?? null,
    attributes: attributesOf(valueAt(data, ['principal', 'attributes'])),
    issuedAt: isInstant(data.issuedAt) ? data.issuedAt : null,
    count,
    ...facts,
  };
}

function firstText(data: unknown, paths: readonly (readonly string[])[]): string | null {
  for (const path of paths) {
    const value = valueAt(data, path);
    if (typeof value === 'string' && value !== '') return isForgotten(value) ? null : value;
    if (value === true) return 'true';
  }
  return null;
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  let value = data;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

function attributesOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && !isForgotten(entry[1]),
    ),
  );
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
}
