import type { EventsAnswer } from '@admit-one/audit-service/api-types';
import type { StoredEvent } from '@admit-one/core';
import { withEvents } from './event-order.ts';

/** What a list has of a search. */
export interface ListState {
  /** The search. */
  readonly key: string;
  /** Newest first. */
  readonly events: readonly StoredEvent[];
  /** What has come while the reader was further down. */
  readonly waiting: readonly StoredEvent[];
  /** Continues behind the last page; null where the list continues behind `scannedTo`. */
  readonly next: string | null;
  /** RFC 3339: how far back the log was searched; null before the first page. */
  readonly scannedTo: string | null;
  /** Whether all of the range was searched. */
  readonly end: boolean;
  readonly loading: boolean;
  readonly error: unknown;
}

/** A list that is followed keeps the newest so many. */
export const MOST_LISTED = 5_000;

export function emptyList(key: string): ListState {
  return {
    ...{ key, events: [], waiting: [], next: null, scannedTo: null },
    ...{ end: false, loading: true, error: undefined },
  };
}

export function withPage(list: ListState, { events, next, scannedTo, end }: EventsAnswer): ListState {
  return { ...list, events: withEvents(list.events, events), next, scannedTo, end };
}

/**
 * What was stored meanwhile. The oldest of a list that has grown too long are dropped: they are read again when the reader
 * comes to them.
 * @param hold whether it waits, instead of moving the list under the reader
 */
export function withArrived(list: ListState, arrived: readonly StoredEvent[], hold: boolean): ListState {
  if (hold) return { ...list, waiting: withEvents(list.waiting, arrived).slice(0, MOST_LISTED) };
  const all = withEvents(list.events, arrived);
  if (all.length <= MOST_LISTED) return { ...list, events: all };
  const events = all.slice(0, MOST_LISTED);
  return { ...list, events, next: null, end: false, scannedTo: events.at(-1)?.time ?? null };
}

export function withWaiting(list: ListState): ListState {
  return list.waiting.length === 0
    ? list
    : { ...list, events: withEvents(list.events, list.waiting), waiting: [] };
}

/** The parameters of the next page. */
export function nextPage({ key, next, scannedTo }: ListState, limit: number): URLSearchParams {
  const query = new URLSearchParams([
    ...new URLSearchParams(key),
    ['order', 'desc'],
    ['limit', String(limit)],
  ]);
  if (next !== null) query.set('cursor', next);
  // Inclusive, because several events may be of the same time: each is listed once.
  else if (scannedTo !== null) query.set('to', new Date(Date.parse(scannedTo) + 1).toISOString());
  return query;
}
