import { useEffect, useRef, useState } from 'react';
import { useAnswer } from '../../api/use-answer.ts';
import { usePreferences } from '../../app/preferences.ts';
import { useApi } from '../../app/session.tsx';
import { countText } from '../../ui/number-text.ts';
import { Answer, Empty } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { timeText } from '../../ui/time-text.ts';
import type { Criterion } from '../criteria.ts';
import type { Span } from '../time-range.ts';
import {
  type Counts,
  countsMore,
  countsOf,
  intervalOf,
  summaryQuery,
  sumOf,
  wholeIntervals,
} from './counts.ts';
import { CountsChart } from './counts-chart.tsx';
import { type Selection, selectionOf, spanOfSelection } from './selection.ts';
import { useWidth } from './use-width.ts';

export interface CountsPanelProps {
  readonly span: Span;
  readonly criteria: readonly Criterion[];
  readonly brush: Span | null;
  /** Whether the range is the whole log, of which the chart has 30 days. */
  readonly ofAll: boolean;
  readonly onBrush: (brush: Span | null) => void;
}

/** The chart of a range, with its legend, and its numbers as a table. */
export function CountsPanel({ span, ...rest }: CountsPanelProps) {
  const { criteria } = rest;
  const api = useApi();
  const interval = intervalOf(span);
  const whole = wholeIntervals(span, interval);
  const query = summaryQuery(whole, interval, criteria);
  const asked = useAnswer(
    query.toString(),
    async (signal) => countsOf((await api.summary(query, signal)).rows, whole, interval),
    { keep: true },
  );
  return (
    <section className="panel counts-panel" aria-label="Admissions and rejections">
      <Answer of={asked}>{(counts) => <CountsView counts={counts} {...rest} />}</Answer>
    </section>
  );
}

/** A selection that has not changed for so long is asked about. */
const SETTLE_MS = 250;

interface CountsViewProps extends Omit<CountsPanelProps, 'span'> {
  readonly counts: Counts;
}

function CountsView({ counts, criteria, brush, ofAll, onBrush }: CountsViewProps) {
  const { bars, series } = counts;
  const [ref, width] = useWidth();
  const [dragged, setDragged] = useState<Selection | null>(null);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const selection = dragged ?? selectionOf(bars, brush);
  const { admissions, rejections } = sumOf(bars);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other bars have other places
  useEffect(() => setDragged(null), [bars[0]?.from, bars.length]);

  useEffect(() => () => clearTimeout(settling.current), []);

  // A key that is held down moves on before the log has answered.
  function select(next: Selection | null, done: boolean): void {
    setDragged(next);
    clearTimeout(settling.current);
    if (!done) return;
    settling.current = setTimeout(() => {
      setDragged(null);
      onBrush(next && spanOfSelection(bars, next));
    }, SETTLE_MS);
  }

  return (
    <>
      <p className="counts-sum">
        <strong>{countText(admissions)}</strong> admissions, <strong>{countText(rejections)}</strong>{' '}
        rejections{ofAll && ' in the last 30 days'}
        {countsMore(criteria) && (
          <span className="note"> of all users: counts know types and reasons only</span>
        )}
      </p>
      {admissions + rejections === 0 && <Empty>Nothing was admitted or rejected in this range.</Empty>}
      <div ref={ref} className="counts-width">
        {width > 0 && <CountsChart counts={counts} width={width} selection={selection} onSelect={select} />}
      </div>
      <ul className="legend" aria-hidden="true">
        {series.map((name, index) => (
          <li key={name}>
            <span className={`swatch series-${index}`} />
            {name}
          </li>
        ))}
        <li className="note">Drag over bars, or use the arrow keys, to ask what they have in common</li>
      </ul>
      <details>
        <summary>The numbers as a table</summary>
        <CountsTable counts={counts} />
      </details>
    </>
  );
}

function CountsTable({ counts: { bars, series } }: { readonly counts: Counts }) {
  const { zone } = usePreferences();
  return (
    <Table
      caption="Admissions and rejections by reason"
      columns={[
        { head: 'from', cell: ({ from }) => timeText(new Date(from).toISOString(), zone, 'day-minute') },
        ...series.map((head) => ({
          ...{ head, numeric: true },
          cell: (bar: Counts['bars'][number]) => bar.counts[head] ?? 0,
        })),
      ]}
      rows={bars.filter((bar) => bar.admissions + bar.rejections > 0)}
      keyOf={({ from }) => String(from)}
    />
  );
}
