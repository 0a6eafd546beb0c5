import {
  type AuditFilter,
  type AuditLog,
  factsOf,
  openedConnectionOf,
  type ReceivedEvent,
  type StoredEvent,
} from '@admit-one/core';
import { type Story, type StoryKind, storyOf } from './story.ts';

/** The most events of one story. */
export const MAX_STORY_EVENTS = 1_000;

/** How many pages are read for one story: a page may be short where the search has looked long enough. */
const MAX_PAGES = 20;

/** The most tickets of a session or user whose rejections before the lookup belong to its story. */
const MAX_TICKETS = 200;

export interface FoundStory extends Story {
  /** Whether the audit log has more than the story tells: older events of a session or user, later ones of others. */
  readonly truncated: boolean;
}

export interface StoryQuestion {
  readonly kind: StoryKind;
  /** Of a ticket: its id, or 8 or more characters that it begins with. */
  readonly id: string;
  /** Of a session or user: the alias of its issuer. Any, where it is absent. */
  readonly issuer?: string | undefined;
  /** Store time, Unix milliseconds. */
  readonly now: number;
}

/** Several tickets begin with these characters. */
export interface AmbiguousTicket {
  readonly kind: 'ambiguous';
  readonly count: number;
}

export type StoryReader = Pick<AuditLog, 'query' | 'sequences'>;

/** Reads a story from the audit log. @throws {AuditLogError} */
export async function findStory(
  auditLog: StoryReader,
  { kind, id, issuer, now }: StoryQuestion,
): Promise<FoundStory | AmbiguousTicket> {
  const about = { [kind]: { include: [id] }, ...(issuer !== undefined && { issuer: { include: [issuer] } }) };
  const isLong = kind === 'session' || kind === 'user';
  const own = await eventsOf(auditLog, { facts: about }, isLong ? 'desc' : 'asc');
  const tickets = [...new Set(own.events.flatMap((event) => factsOf(event).ticket ?? []))];
  if (kind === 'ticket' && tickets.length > 1) return { kind: 'ambiguous', count: tickets.length };
  const found = kind === 'ticket' ? own : joined(own, await ofTickets(auditLog, kind, tickets));
  const full = (kind === 'ticket' && tickets[0]) || id;
  const edgesWithoutReports = await findEdgesWithoutReports(auditLog, found.events);
  const story = storyOf(kind, full, { ...found, edgesWithoutReports, now });
  const which = isLong ? 'newest' : 'first';
  const scope = found.truncated ? `In the ${which} ${MAX_STORY_EVENTS} events: ` : '';
  const doubt = (await mayLackEvents(auditLog, story)) ? EVENTS_MAY_BE_MISSING : '';
  return { ...story, verdict: `${scope}${story.verdict}${doubt}`, truncated: found.truncated };
}

const EVENTS_MAY_BE_MISSING =
  ' But the audit log lacks events of that time, or does not know whether it does: see completeness.';

/** Whether an admission may be missing: the story ends before one, and events of its partition keys are missing or unknown. */
async function mayLackEvents(auditLog: StoryReader, { stage, events }: Story): Promise<boolean> {
  if (stage !== 'issued' && stage !== 'reserved') return false;
  const partitionkeys = [...new Set(events.map(({ partitionkey }) => partitionkey))];
  return (await auditLog.sequences({ partitionkeys, incompleteOnly: true })).length > 0;
}

/** The servers that admitted and numbered no event: a server with a gate only asks, and reports no ends. */
async function findEdgesWithoutReports(
  auditLog: StoryReader,
  events: readonly ReceivedEvent[],
): Promise<ReadonlySet<string>> {
  const edges = new Set(events.flatMap((event) => openedConnectionOf(event)?.edge ?? []));
  if (edges.size === 0) return edges;
  for (const { partitionkey } of await auditLog.sequences({ partitionkeys: [...edges] }))
    edges.delete(partitionkey);
  return edges;
}

interface Found {
  readonly events: readonly StoredEvent[];
  readonly truncated: boolean;
}

/**
 * What belongs to a story by its tickets: all events of a connection's ticket; of a visitor's, the rejections before the
 * lookup, which do not know whose the ticket is.
 */
function ofTickets(auditLog: StoryReader, kind: StoryKind, tickets: readonly string[]): Promise<Found> {
  const include = tickets.slice(0, MAX_TICKETS);
  if (include.length === 0) return Promise.resolve({ events: [], truncated: false });
  const beforeLookup = kind !== 'connection' && { type: { include: ['admit.handshake.rejected'] } };
  return eventsOf(auditLog, { facts: { ticket: { include }, ...beforeLookup } }, 'desc');
}

function joined(own: Found, more: Found): Found {
  const events = [...own.events, ...more.events];
  return { events, truncated: own.truncated || more.truncated };
}

async function eventsOf(auditLog: StoryReader, filter: AuditFilter, order: 'asc' | 'desc'): Promise<Found> {
  const events: StoredEvent[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && events.length < MAX_STORY_EVENTS; page += 1) {
    const limit = MAX_STORY_EVENTS - events.length;
    const found = await auditLog.query(filter, { limit, order, cursor });
    events.push(...found.events);
    if (found.end) return { events, truncated: false };
    cursor = found.next;
  }
  return { events, truncated: true };
}
