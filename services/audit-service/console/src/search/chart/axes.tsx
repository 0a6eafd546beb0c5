import { usePreferences } from '../../app/preferences.ts';
import { timeText } from '../../ui/time-text.ts';
import type { Span } from '../time-range.ts';

/** What the axes need of a scale of visx. */
export interface AxisScale<Value> {
  (value: Value): number;
  ticks(count: number): Value[];
}

const DAY_MS = 86_400_000;
/** So wide is the text of a tick with its gap. */
const MINUTE_WIDTH = 80;
const DAY_WIDTH = 120;

/** The numbers beside the bars, with a line at each. */
export function CountAxis({ scale, width }: { readonly scale: AxisScale<number>; readonly width: number }) {
  return (
    <g className="axis">
      {scale.ticks(4).map((count) => (
        <g key={count} transform={`translate(0 ${scale(count)})`}>
          <line x2={width} />
          {Number.isInteger(count) && (
            <text x={-6} dy="0.32em" textAnchor="end">
              {count >= 1_000 ? `${count / 1_000}k` : count}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

export interface TimeAxisProps {
  readonly scale: AxisScale<Date>;
  readonly span: Span;
  readonly width: number;
  readonly top: number;
}

/** The times below the bars. */
export function TimeAxis({ scale, span, width, top }: TimeAxisProps) {
  const { zone } = usePreferences();
  const isLong = span.to - span.from > DAY_MS;
  const ticks = scale.ticks(Math.max(2, Math.floor(width / (isLong ? DAY_WIDTH : MINUTE_WIDTH))));
  return (
    <g className="axis" transform={`translate(0 ${top})`}>
      {ticks.map((at) => (
        <g key={at.getTime()} transform={`translate(${scale(at)} 0)`}>
          <line y2={4} />
          <text y={16} textAnchor="middle">
            {timeText(at.toISOString(), zone, isLong ? 'day-minute' : 'minute')}
          </text>
        </g>
      ))}
    </g>
  );
}
