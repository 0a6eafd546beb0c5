import uPlot from 'uplot';
import type { Series } from '../answers.ts';
import type { FieldFile } from '../dashboard-files.ts';
import { formatValue } from './format.ts';

/** Ten colours that differ for people with colour blindness too (Okabe and Ito, and lighter ones). */
const COLORS = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00'],
  ...['#56b4e9', '#7f3c8d', '#8c564b', '#a3c14a', '#555555'],
];

const MOST_IN_LEGEND = 10;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly stacked: boolean;
  readonly field: FieldFile;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
}

type Value = number | null;

/** Draws series as lines, or as areas on top of each other, with a legend below. */
export function drawSeries(parent: HTMLElement, series: readonly Series[], drawing: Drawing): void {
  const { width, height, stacked, field, from, to } = drawing;
  const times = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].sort(
    (a, b) => a - b,
  );
  const values = series.map(({ points }) => valuesAt(times, points));
  const drawn = stacked ? stack(values) : values;
  const shownMax = field.unit === 'percentunit' ? field.max : undefined;
  const options: uPlot.Options = {
    width,
    height: height - 26,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: [from, to] },
      y: { range: (_, low, high) => rangeOf(field, low, high, shownMax) },
    },
    axes: [
      {
        font: '10px sans-serif',
        grid: { stroke: '#eceff1' },
        ticks: { show: false },
        space: 60,
        size: 24,
        values: (_, splits) => splits.map(clockTime),
      },
      {
        font: '10px sans-serif',
        grid: { stroke: '#eceff1' },
        ticks: { show: false },
        size: 58,
        values: (_, splits) => splits.map((split) => formatValue(split, field.unit)),
      },
    ],
    series: [
      {},
      ...series.map((_, n) => ({
        stroke: COLORS[n % COLORS.length] ?? 'black',
        width: 1.3,
        // One point makes no line.
        points: { show: times.length < 2 },
        ...(stacked ? { fill: `${COLORS[n % COLORS.length]}66` } : {}),
      })),
    ],
    // An area reaches down to the one below it.
    bands: stacked ? series.slice(1).map((_, n) => ({ series: [n + 2, n + 1] })) : [],
  };
  new uPlot(options, [times, ...drawn] as uPlot.AlignedData, parent);
  parent.append(legendOf(series));
}

function clockTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}

function valuesAt(times: readonly number[], points: Series['points']): readonly Value[] {
  const byTime = new Map(points);
  return times.map((time) => byTime.get(time) ?? null);
}

function stack(values: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  const sums: number[] = [];
  return values.map((own) =>
    own.map((value, n) => {
      sums[n] = (sums[n] ?? 0) + (value ?? 0);
      return sums[n] ?? 0;
    }),
  );
}

function rangeOf({ min }: FieldFile, low: number, high: number, max?: number): [number, number] {
  const bottom = min ?? Math.min(low, 0);
  return [bottom, max ?? (high > bottom ? high + (high - bottom) * 0.1 : bottom + 1)];
}

function legendOf(series: readonly Series[]): HTMLElement {
  const legend = document.createElement('div');
  legend.className = 'legend';
  for (const [n, { name }] of series.slice(0, MOST_IN_LEGEND).entries()) {
    const entry = document.createElement('span');
    entry.style.setProperty('--color', COLORS[n % COLORS.length] ?? 'black');
    entry.textContent = name;
    legend.append(entry);
  }
  return legend;
}
