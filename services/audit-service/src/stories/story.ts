import { type Reason, type ReceivedEvent, whatToDo } from '@admit-one/core';
import { connectionVerdict } from './connection-verdict.ts';
import { type LastFailureReport, lastFailureIn } from './last-failure.ts';
import {
  type Happening,
  type HappeningsOfOne,
  happeningOf,
  lifeOfTicket,
  livesAmong,
  type Stage,
  stageOf,
} from './ticket-life.ts';
import { ticketVerdict, type Verdict } from './ticket-verdict.ts';
import { visitorVerdict } from './visitor-verdict.ts';
import { sentence } from './words.ts';

export const storyKinds = ['ticket', 'session', 'user', 'connection'] as const;

export type StoryKind = (typeof storyKinds)[number];

/** An event of a story. */
export type StoryEvent = ReceivedEvent & {
  /** Milliseconds after the first event of the story. */
  readonly sinceMs: number;
};

/** A ticket of a story. */
export interface StoryTicket {
  readonly ticketId: string;
  readonly stage: Stage;
  readonly verdict: string;
}

/** What the audit log knows of a ticket, a session, a user or a connection. */
export interface Story {
  readonly kind: StoryKind;
  readonly id: string;
  /** One sentence: what happened. */
  readonly verdict: string;
  /** How far the ticket came that the verdict is mostly about, usually the last; null where there is none. */
  readonly stage: Stage | null;
  /** The reason that decides the verdict, and what to do about it; null where nothing failed. */
  readonly reason: Reason | null;
  readonly whatToDo: string | null;
  /** What the client last reported of a failure when it asked for a ticket. */
  readonly lastFailure: LastFailureReport | null;
  readonly tickets: readonly StoryTicket[];
  /** By time. */
  readonly events: readonly StoryEvent[];
}

const NEVER_PRESENTED =
  "Look at the browser's console: the upgrade reached no edge. Check the URL of the edge, DNS, TLS, the proxy in front, and connect-src of the page's Content-Security-Policy. Or a server with @admit-one/gate rejected it before it asked: search its onRejected log for the ticket id. Or its rejection is in a count, as those of a source above the rate are: search its reason with the time.";

/** What the audit log has of a story. */
export interface StoryMaterial {
  /** All that belong to it, in any order. */
  readonly events: readonly ReceivedEvent[];
  /** The servers among them that hold connections and do not report when these end. */
  readonly edgesWithoutReports: ReadonlySet<string>;
  /** Unix milliseconds: how long what is open has been open. */
  readonly now: number;
}

/** The story of a ticket, a session, a user or a connection, of its events alone. */
export function storyOf(
  kind: StoryKind,
  id: string,
  { events, edgesWithoutReports, now }: StoryMaterial,
): Story {
  const ordered = [...new Map(events.map((event) => [event.id, event])).values()].sort(byTime);
  const happenings = ordered.map((event) => happeningOf(event, edgesWithoutReports));
  const lives = livesAmong(happenings);
  const { clauses, reason, about } = verdictOf(kind, id, happenings, now);
  const stage = about ? stageOf(about, now) : null;
  const startedAt = happenings[0]?.at ?? 0;
  return {
    kind,
    id,
    verdict: verdictText(kind, events, clauses),
    stage,
    reason,
    whatToDo: reason ? whatToDo(reason) : about && isUnused(about, now) ? NEVER_PRESENTED : null,
    lastFailure: lastFailureIn(lives),
    tickets: lives.map((life) => ({
      ticketId: life.ticketId,
      stage: stageOf(life, now),
      verdict: sentence(ticketVerdict(life, now).clauses),
    })),
    events: happenings.map(({ event, at }) => ({ ...event, sinceMs: at - startedAt })),
  };
}

/** Whether a ticket was issued, and nothing says why it was never presented. */
function isUnused(life: HappeningsOfOne, now: number): boolean {
  const { issued, revoked } = life;
  return issued !== undefined && revoked === undefined && stageOf(life, now) === 'issued';
}

function verdictOf(kind: StoryKind, id: string, happenings: readonly Happening[], now: number): Verdict {
  if (happenings.length === 0) return { clauses: [], reason: null, about: undefined };
  switch (kind) {
    case 'ticket':
      return ticketVerdict(lifeOfTicket(happenings), now);
    case 'session':
    case 'user':
      return visitorVerdict(happenings, now);
    case 'connection':
      return connectionVerdict(id, happenings, now);
    default:
      return kind satisfies never;
  }
}

function verdictText(kind: StoryKind, events: readonly ReceivedEvent[], clauses: readonly string[]): string {
  if (clauses.length > 0) return sentence(clauses);
  return `The audit log has no ${events.length > 0 ? 'ticket' : 'event'} of this ${kind}.`;
}

/** The order of readers. */
function byTime(a: ReceivedEvent, b: ReceivedEvent): number {
  return (
    Date.parse(a.time) - Date.parse(b.time) ||
    compare(a.partitionkey, b.partitionkey) ||
    compare(a.sequence, b.sequence)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
