import type { StoredEvent } from '@admit-one/core';
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { EventRow } from './event-row.tsx';

export interface EventListProps {
  readonly events: readonly StoredEvent[];
  readonly withDate: boolean;
  /** Whether there may be more behind the last. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly onEnd: () => void;
  readonly onOpen: (event: StoredEvent) => void;
  /** Whether the first event is out of sight. */
  readonly onScrolled: (away: boolean) => void;
}

const ROW = 36;
const NARROW_ROW = 64;
/** So near to the end, the next page is read. */
const NEAR_END = 20;

/** The events, of which only those in sight are in the page. One of them takes the focus, and the arrow keys move it. */
export function EventList({ events, withDate, more, loading, onEnd, onOpen, onScrolled }: EventListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const current = Math.min(active, events.length - 1);
  const moved = useRef(false);
  const readAt = useRef(0);
  const narrow = useNarrow();

  const rangeExtractor = useCallback(
    (range: Range) =>
      [...new Set([Math.max(0, current), ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
    [current],
  );
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? NARROW_ROW : ROW),
    getItemKey: (index) => events[index]?.id ?? index,
    overscan: 10,
    rangeExtractor,
  });
  const items = rows.getVirtualItems();
  const last = rows.range?.endIndex ?? 0;

  // Once for as many events as there are: where a search finds nothing more, the reader decides whether it goes on.
  useEffect(() => {
    if (!more || loading || last < events.length - NEAR_END || readAt.current === events.length) return;
    readAt.current = events.length;
    onEnd();
  }, [last, more, loading, events.length, onEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height then
  useEffect(() => rows.measure(), [narrow]);

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    rows.scrollToIndex(current);
    scroller.current
      ?.querySelector<HTMLElement>(`[data-index="${current}"] .event`)
      ?.focus({ preventScroll: true });
  });

  function press(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 1);
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page },
      ...{ Home: -current, End: events.length - 1 - current },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    moved.current = true;
    setActive(Math.max(0, Math.min(events.length - 1, current + step)));
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its rows take the focus, and it moves it between them
    <div
      className="events"
      ref={scroller}
      onKeyDown={press}
      onScroll={(event) => onScrolled(event.currentTarget.scrollTop > ROW)}
    >
      <ol style={{ height: rows.getTotalSize() }} aria-label="Events, newest first">
        {items.map(({ index, key, start, size }) => {
          const event = events[index];
          return (
            event && (
              <li
                key={key}
                data-index={index}
                aria-setsize={more ? -1 : events.length}
                aria-posinset={index + 1}
                style={{ height: size, transform: `translateY(${start}px)` }}
                onFocus={() => setActive(index)}
              >
                <EventRow event={event} withDate={withDate} focusable={index === current} onOpen={onOpen} />
              </li>
            )
          );
        })}
      </ol>
    </div>
  );
}

/** Whether a row takes two lines: below the width at which the styles say so. */
function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia('(max-width: 46rem)').matches);
  useEffect(() => {
    const media = window.matchMedia('(max-width: 46rem)');
    const change = () => setNarrow(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, []);
  return narrow;
}
