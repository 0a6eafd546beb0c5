import { useCallback, useMemo, useState } from 'react';
import { usePreferences } from '../app/preferences.ts';
import { navigate, usePlace } from '../app/router.tsx';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { CriteriaChips } from './box/criteria-chips.tsx';
import { RangePicker } from './box/range-picker.tsx';
import { SearchBox } from './box/search-box.tsx';
import { storiesOf } from './box/stories-of.ts';
import type { Understood } from './box/understand.ts';
import { CountsPanel } from './chart/counts-panel.tsx';
import { filterQuery, isSame, withCriteria } from './criteria.ts';
import { ExplanationPanel } from './explain/explanation-panel.tsx';
import { ExportMenu } from './export/export-menu.tsx';
import { EventList } from './list/event-list.tsx';
import { openedBy } from './list/event-words.ts';
import { ListHead } from './list/list-head.tsx';
import { useEvents } from './list/use-events.ts';
import { StoryDrawer } from './story/story-drawer.tsx';
import { isoSpan, parseTime, type TimeRange } from './time-range.ts';
import { useSpan } from './use-span.ts';
import { type Opened, type SearchView, urlOfView, viewOf } from './view.ts';

const DAY_MS = 86_400_000;

/** Search: what is asked for, the chart, what rejections have in common, the events, and a story over them. */
export function SearchPage() {
  const { query } = usePlace();
  const view = useMemo(() => viewOf(query), [query]);
  const { criteria, range, brush, opened, housekeeping } = view;
  const { zone } = usePreferences();
  const span = useSpan(range);
  const [scrolled, setScrolled] = useState(false);

  const filter = useMemo(() => filterQuery(criteria, housekeeping), [criteria, housekeeping]);
  const listRange = useMemo(() => listRangeOf(range, brush), [range, brush]);
  const listed = useEvents(filter, listRange, scrolled);
  const stories = useMemo(() => storiesOf(criteria, listed.events), [criteria, listed.events]);

  const show = useCallback(
    (change: Partial<SearchView>, replace = false) =>
      navigate(urlOfView({ ...view, ...change }), { replace }),
    [view],
  );
  const hrefOf = useCallback((story: Opened) => urlOfView({ ...view, opened: story }), [view]);

  function search({ criteria: added, from, to }: Understood): void {
    const now = Date.now();
    const next: TimeRange = {
      from: from === undefined ? range.from : (parseTime(from, zone, now) ?? range.from),
      to: to === undefined ? range.to : parseTime(to, zone, now),
    };
    // A ticket has one story, and it is what is asked for.
    const [only] = added;
    const story = added.length === 1 && only?.name === 'ticket' && !only.negated;
    show({
      criteria: withCriteria(criteria, added),
      range: next,
      ...(next.from === range.from && next.to === range.to ? {} : { brush: null }),
      ...(story ? { opened: { kind: 'ticket', id: only.value } } : {}),
    });
  }

  const { events, error, loading, end } = listed;
  return (
    <div className="search">
      <SearchBox
        onUnderstood={search}
        onReplaced={(before, after) =>
          show({
            criteria: withCriteria(
              criteria.filter((one) => !isSame(one, before)),
              [after],
            ),
            opened: null,
          })
        }
      />
      <CriteriaChips
        {...{ criteria, stories, hrefOf }}
        onRemove={(gone) => show({ criteria: criteria.filter((one) => !isSame(one, gone)) })}
        onClear={() => show({ criteria: [] })}
      />
      <RangePicker range={range} onRange={(next) => show({ range: next, brush: null })} />
      <CountsPanel
        {...{ span, criteria, brush }}
        ofAll={range.from === null}
        onBrush={(next) => show({ brush: next }, true)}
      />
      {brush !== null && (
        <ExplanationPanel
          {...{ span: brush, criteria }}
          onAdd={(added) => show({ criteria: withCriteria(criteria, [added]) })}
          onClear={() => show({ brush: null })}
        />
      )}
      <section className="panel list" aria-label="Events">
        <ListHead listed={listed}>
          <label className="check">
            <input
              type="checkbox"
              checked={housekeeping}
              onChange={(event) => show({ housekeeping: event.target.checked }, true)}
            />
            also reports of instances
          </label>
          <ExportMenu
            query={new URLSearchParams([...filter, ...Object.entries(listRange)])}
            events={events}
          />
        </ListHead>
        {error !== undefined && <Failure error={error} again={listed.readMore} />}
        {events.length > 0 ? (
          <EventList
            events={events}
            withDate={span.to - span.from > DAY_MS}
            more={!end}
            loading={loading}
            onEnd={listed.readMore}
            onOpen={(event) => show({ opened: openedBy(event) })}
            onScrolled={setScrolled}
          />
        ) : loading ? (
          <Loading what="Searching" />
        ) : (
          <Empty>
            {end ? 'Nothing was found in this range.' : 'Nothing was found so far.'}{' '}
            {range.from !== null && (
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
      {opened !== null && (
        <StoryDrawer {...{ opened, hrefOf }} onClose={() => show({ opened: null }, true)} />
      )}
    </div>
  );
}

function listRangeOf({ from, to }: TimeRange, brush: SearchView['brush']): { from?: string; to?: string } {
  if (brush !== null) return isoSpan(brush);
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}
