import { scaleBand, scaleLinear, scaleOrdinal, scaleTime } from '@visx/scale';
import { BarStack } from '@visx/shape';
import { usePreferences } from '../../app/preferences.ts';
import { spanText, type Zone } from '../../ui/time-text.ts';
import type { Span } from '../time-range.ts';
import { CountAxis, TimeAxis } from './axes.tsx';
import { Brush } from './brush.tsx';
import { type Bar, type Counts, sumOf } from './counts.ts';
import type { Selection } from './selection.ts';

const HEIGHT = 180;
const LEFT = 44;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 24;
const INNER = HEIGHT - TOP - BOTTOM;

export interface CountsChartProps {
  readonly counts: Counts;
  readonly width: number;
  readonly selection: Selection | null;
  /** @param done whether the selection is as it shall be, so that it can be answered */
  readonly onSelect: (selection: Selection | null, done: boolean) => void;
}

/** Admissions and rejections by reason, stacked, with a brush over them. */
export function CountsChart({ counts: { bars, series }, width, selection, onSelect }: CountsChartProps) {
  const { zone } = usePreferences();
  const inner = Math.max(40, width - LEFT - RIGHT);
  const highest = Math.max(1, ...bars.map((bar) => bar.admissions + bar.rejections));
  const x = scaleBand<number>({
    domain: bars.map(({ from }) => from),
    range: [0, inner],
    paddingInner: 0.15,
  });
  const y = scaleLinear<number>({ domain: [0, highest], range: [INNER, 0], nice: 4 });
  const span = spanOfBars(bars);
  const time = scaleTime<number>({ domain: [span.from, span.to], range: [0, inner] });
  const colour = scaleOrdinal<string, string>({
    domain: [...series],
    range: series.map((_, index) => `series-${index}`),
  });
  const rows = bars.map((bar) => ({
    from: bar.from,
    ...Object.fromEntries(series.map((name) => [name, bar.counts[name] ?? 0])),
  }));

  return (
    <div className="counts">
      <svg width={width} height={HEIGHT} aria-hidden="true">
        <g transform={`translate(${LEFT} ${TOP})`}>
          <CountAxis scale={y} width={inner} />
          <TimeAxis scale={time} span={span} width={inner} top={INNER} />
          <BarStack<(typeof rows)[number], string>
            data={rows}
            keys={[...series]}
            x={({ from }) => from}
            xScale={x}
            yScale={y}
            color={colour}
          >
            {(stacks) => stacks.flatMap(({ key, bars: parts }) => parts.map((part) => bar(key, part)))}
          </BarStack>
        </g>
      </svg>
      <Brush
        bars={bars}
        place={{ left: LEFT, top: TOP, width: inner, height: INNER }}
        selection={selection}
        textOf={(some) => barsText(some, zone)}
        onSelect={onSelect}
      />
    </div>
  );
}

interface Part {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

function bar(key: string, { index, color, height, ...place }: Part) {
  return height > 0 && <rect key={`${key} ${index}`} className={color} height={height} {...placeOf(place)} />;
}

const placeOf = ({ x, y, width }: Pick<Part, 'x' | 'y' | 'width'>) => ({ x, y, width });

function spanOfBars(bars: readonly Bar[]): Span {
  return { from: bars[0]?.from ?? 0, to: bars.at(-1)?.to ?? 1 };
}

/** What a screen reader says of the selected bars. */
function barsText(bars: readonly Bar[], zone: Zone): string {
  const { admissions, rejections } = sumOf(bars);
  return `${spanText(spanOfBars(bars), zone)}: ${admissions} admissions, ${rejections} rejections`;
}
