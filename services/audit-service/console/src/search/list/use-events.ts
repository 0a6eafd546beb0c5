import type { StoredEvent } from '@admit-one/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '../../app/session.tsx';
import { followEvents, type LiveState } from './follow-events.ts';
import { emptyList, type ListState, nextPage, withArrived, withPage, withWaiting } from './list-state.ts';

/** The events of a search, newest first, as far as they were read. */
export interface ListedEvents extends Omit<ListState, 'key' | 'next'> {
  /** Null where the range has an end: nothing is followed. */
  readonly live: LiveState | null;
  readonly readMore: () => void;
  readonly showWaiting: () => void;
}

const PAGE = 100;
/** Of pages that are almost empty, so many are read before the reader is asked. */
const MOST_PAGES = 5;
/** The stream follows within this time after its first message. */
const OVERLAP_MS = 1_000;

/**
 * @param filter parameters without a range
 * @param range as the audit API takes it; without `to`, what is stored from now on is followed
 * @param hold whether what comes waits instead of moving the list under the reader
 */
export function useEvents(
  filter: URLSearchParams,
  range: { readonly from?: string; readonly to?: string },
  hold: boolean,
): ListedEvents {
  const api = useApi();
  const filterKey = filter.toString();
  const key = new URLSearchParams([...filter, ...Object.entries(range)]).toString();
  const follows = range.to === undefined;
  const [list, setList] = useState<ListState>(() => emptyList(key));
  const [live, setLive] = useState<LiveState | null>(null);
  const holding = useRef(hold);
  holding.current = hold;
  const reading = useRef<AbortController | null>(null);

  const read = useCallback(
    async (from: ListState) => {
      reading.current?.abort();
      const stopping = new AbortController();
      reading.current = stopping;
      const { signal } = stopping;
      const update = (change: (before: ListState) => ListState) =>
        setList((before) => (before.key === from.key && !signal.aborted ? change(before) : before));
      update((before) => ({ ...before, loading: true, error: undefined }));
      try {
        let at = from;
        for (let page = 0, found = 0; page < MOST_PAGES && found < PAGE && !at.end; page += 1) {
          const answer = await api.events(nextPage(at, PAGE), signal);
          at = withPage(at, answer);
          found += answer.events.length;
          update((before) => withPage(before, answer));
        }
        update((before) => ({ ...before, loading: false }));
      } catch (error) {
        update((before) => ({ ...before, loading: false, error }));
      }
    },
    [api],
  );

  useEffect(() => {
    const empty = emptyList(key);
    setList(empty);
    void read(empty);
    return () => reading.current?.abort();
  }, [key, read]);

  useEffect(() => {
    if (!follows) return setLive(null);
    const query = new URLSearchParams(filterKey);
    const add = (events: readonly StoredEvent[]) =>
      setList((before) => withArrived(before, events, holding.current));
    const readNewest = () =>
      api.events([...query, ['order', 'desc'], ['limit', `${PAGE}`], ['from', '-1m']]).then(
        ({ events }) => add(events),
        () => {},
      );
    let overlap: ReturnType<typeof setTimeout> | undefined;
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

  const showWaiting = useCallback(() => setList(withWaiting), []);
  useEffect(() => {
    if (!hold) showWaiting();
  }, [hold, showWaiting]);

  const readMore = useCallback(() => {
    if (!list.loading && !list.end) void read(list);
  }, [read, list]);

  return { ...list, live, readMore, showWaiting };
}
