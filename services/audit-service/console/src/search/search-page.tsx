import { useMemo, useState } from 'react';
import { usePreferences } from '../app/preferences.ts';
import { changeOfText } from './box/change-of-text.ts';
import { CriteriaChips } from './box/criteria-chips.tsx';
import { RangePicker } from './box/range-picker.tsx';
import { SearchBox } from './box/search-box.tsx';
import { storiesOf } from './box/stories-of.ts';
import { CountsPanel } from './chart/counts-panel.tsx';
import { filterQuery, withCriteria, without } from './criteria.ts';
import { ExplanationPanel } from './explain/explanation-panel.tsx';
import { EventsPanel } from './list/events-panel.tsx';
import { useEvents } from './list/use-events.ts';
import { StoryDrawer } from './story/story-drawer.tsx';
import { isoSpan } from './time-range.ts';
import { useSearchView } from './use-search-view.ts';
import { useSpan } from './use-span.ts';
import type { SearchView } from './view.ts';

/** Search: what is asked for, the chart, what rejections have in common, the events, and a story over them. */
export function SearchPage() {
  const { view, show, hrefOf } = useSearchView();
  const { criteria, range, brush, opened, housekeeping } = view;
  const { zone } = usePreferences();
  const span = useSpan(range);
  const [scrolled, setScrolled] = useState(false);
  const filter = filterQuery(criteria, housekeeping);
  const listRange = listRangeOf(view);
  const listed = useEvents(filter, listRange, scrolled);
  const stories = useMemo(() => storiesOf(criteria, listed.events), [criteria, listed.events]);

  return (
    <div className="search">
      <SearchBox
        onUnderstood={(understood) => show(changeOfText(understood, view, zone))}
        onReplaced={(before, after) =>
          show({ criteria: withCriteria(without(criteria, before), [after]), opened: null })
        }
      />
      <CriteriaChips
        {...{ criteria, stories, hrefOf }}
        onRemove={(gone) => show({ criteria: without(criteria, gone) })}
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
      <EventsPanel
        {...{ listed, span, view, show }}
        query={new URLSearchParams([...filter, ...Object.entries(listRange)])}
        onScrolled={setScrolled}
      />
      {opened !== null && (
        <StoryDrawer {...{ opened, hrefOf }} onClose={() => show({ opened: null }, true)} />
      )}
    </div>
  );
}

/** The range of the list: the part that is chosen in the chart, or all of it. */
function listRangeOf({ range: { from, to }, brush }: SearchView): { from?: string; to?: string } {
  if (brush !== null) return isoSpan(brush);
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}
