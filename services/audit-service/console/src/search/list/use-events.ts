import type { StoredEvent } from '@admit-one/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '../../app/session.tsx';
import { withEvents } from './event-order.ts';
import { followEvents, type LiveState } from './follow-events.ts';

/** The events of a search, newest first, as far as they were read. */
export interface ListedEvents {
  readonly events: readonly StoredEvent[];
  /** RFC 3339: how far back the log was searched; null before the first page. */
  readonly scannedTo: string | null;
  /** Whether all of the range was searched. */
  readonly end: boolean;
  readonly loading: boolean;
  readonly error: unknown;
  /** Null where the range has an end: nothing is followed. */
  readonly live: LiveState | null;
  /** Events that have come and are not in the list yet, because the reader is further down. */
  readonly waiting: number;
  readonly readMore: () => void;
  readonly showWaiting: () => void;
}

const PAGE = 100;
/** Of pages that are almost empty, so many are read before the reader is asked. */
const MOST_PAGES = 5;

/** The stream follows within this time after its first message. */
const OVERLAP_MS = 1_000;

interface State {
  readonly key: string;
  readonly events: readonly StoredEvent[];
  readonly waiting: readonly StoredEvent[];
  readonly next: string | null;
  readonly scannedTo: string | null;
  readonly end: boolean;
  readonly loading: boolean;
  readonly error: unknown;
}

function emptyState(key: string): State {
  return {
    key,
    events: [],
    waiting: [],
    next: null,
    scannedTo: null,
    end: false,
    loading: true,
    error: undefined,
  };
}

/**
 * @param filter parameters without a range
 * @param range RFC 3339; without `to`, what is stored from now on is followed
 * @param hold whether what comes waits instead of moving the list under the reader
 */
export function useEvents(
  filter: URLSearchParams,
  range: { readonly from?: string; readonly to?: string },
  hold: boolean,
): ListedEvents {
  const api = useApi();
  const query = new URLSearchParams([...filter, ...Object.entries(range)]);
  const key = query.toString();
  const [state, setState] = useState<State>(() => emptyState(key));
  const [live, setLive] = useState<LiveState | null>(null);
  const holding = useRef(hold);
  holding.current = hold;
  const reading = useRef<AbortController | null>(null);
  const follows = range.to === undefined;

  const read = useCallback(
    async (cursor: string | null) => {
      reading.current?.abort();
      const stopping = new AbortController();
      reading.current = stopping;
      const { signal } = stopping;
      const update = (change: (before: State) => State) =>
        setState((before) => (before.key === key && !signal.aborted ? change(before) : before));
      update((before) => ({ ...before, loading: true, error: undefined }));
      try {
        let at = cursor;
        for (let page = 0, found = 0; page < MOST_PAGES && found < PAGE; page += 1) {
          const parameters = new URLSearchParams([
            ...new URLSearchParams(key),
            ['order', 'desc'],
            ['limit', `${PAGE}`],
          ]);
          if (at !== null) parameters.set('cursor', at);
          const { events, next, scannedTo, end } = await api.events(parameters, signal);
          at = next;
          found += events.length;
          update((before) => ({
            ...before,
            events: withEvents(before.events, events),
            next,
            scannedTo,
            end,
          }));
          if (end) break;
        }
        update((before) => ({ ...before, loading: false }));
      } catch (error) {
        update((before) => ({ ...before, loading: false, error }));
      }
    },
    [api, key],
  );

  useEffect(() => {
    setState(emptyState(key));
    void read(null);
    return () => reading.current?.abort();
  }, [key, read]);

  const filterKey = filter.toString();
  useEffect(() => {
    if (!follows) return setLive(null);
    const add = (events: readonly StoredEvent[]) =>
      setState((before) => {
        const to = holding.current ? 'waiting' : 'events';
        return { ...before, [to]: withEvents(before[to], events) };
      });
    const query = new URLSearchParams(filterKey);
    let overlap: ReturnType<typeof setTimeout> | undefined;
    const readNewest = () =>
      api.events([...query, ['order', 'desc'], ['limit', `${PAGE}`], ['from', '-1m']]).then(
        ({ events }) => add(events),
        () => {},
      );
    const stop = followEvents({
      ...{ api, query, onState: setLive, onEvents: add },
      // What was stored after the first page was read, and before the stream had begun.
      onBegin: () => {
        overlap = setTimeout(readNewest, OVERLAP_MS);
      },
    });
    return () => {
      clearTimeout(overlap);
      stop();
    };
  }, [api, filterKey, follows]);

  const showWaiting = useCallback(
    () =>
      setState((before) => ({ ...before, events: withEvents(before.events, before.waiting), waiting: [] })),
    [],
  );
  useEffect(() => {
    if (!hold) showWaiting();
  }, [hold, showWaiting]);

  const { waiting, next, loading, end, error, events, scannedTo } = state;
  const readMore = useCallback(() => {
    if (!loading && !end) void read(next);
  }, [read, next, loading, end]);

  return { events, scannedTo, end, loading, error, live, waiting: waiting.length, readMore, showWaiting };
}
