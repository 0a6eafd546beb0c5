import { Empty, Failure, Loading } from '../../ui/states.tsx';
import { ExportMenu } from '../export/export-menu.tsx';
import type { Span } from '../time-range.ts';
import type { ShowView } from '../use-search-view.ts';
import type { SearchView } from '../view.ts';
import { EventList } from './event-list.tsx';
import { openedBy } from './event-words.ts';
import { ListHead } from './list-head.tsx';
import type { ListedEvents } from './use-events.ts';

export interface EventsPanelProps {
  readonly listed: ListedEvents;
  /** All of the search, in the parameters of the audit API. */
  readonly query: URLSearchParams;
  readonly span: Span;
  readonly view: SearchView;
  readonly show: ShowView;
  /** Whether the first event is out of sight. */
  readonly onScrolled: (away: boolean) => void;
}

const DAY_MS = 86_400_000;

/** The events that were found, or why there are none. */
export function EventsPanel({ listed, query, span, view, show, onScrolled }: EventsPanelProps) {
  const { events, error, loading, end, readMore } = listed;
  return (
    <section className="panel list" aria-label="Events">
      <ListHead listed={listed}>
        <label className="check">
          <input
            type="checkbox"
            checked={view.housekeeping}
            onChange={(event) => show({ housekeeping: event.target.checked }, true)}
          />
          also reports of instances
        </label>
        <ExportMenu query={query} events={events} />
      </ListHead>
      {error !== undefined && <Failure error={error} again={readMore} />}
      {events.length > 0 ? (
        <EventList
          events={events}
          withDate={span.to - span.from > DAY_MS}
          more={!end}
          loading={loading}
          onEnd={readMore}
          onOpen={(event) => show({ opened: openedBy(event) })}
          onScrolled={onScrolled}
        />
      ) : loading ? (
        <Loading what="Searching" />
      ) : (
        <Empty>
          {end ? 'Nothing was found in this range.' : 'Nothing was found so far.'}{' '}
          {view.range.from !== null && (
            <button
              type="button"
              className="button quiet"
              onClick={() => show({ range: { from: null, to: null }, brush: null })}
            >
              Search the whole log
            </button>
          )}
        </Empty>
      )}
    </section>
  );
}
