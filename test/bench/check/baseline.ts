import { type Figure, keyOf, quantile } from '../report/figures.ts';
import { shown, tableOf } from '../report/table.ts';

/** Ratios that were committed, by the keys of their figures. What a machine's speed changes is no part of it. */
export type Baseline = Readonly<Record<string, number>>;

/** By how much a ratio may be worse: what rounds differ by. */
export const TOLERANCE = 1.1;

/** The ratios of a run. */
export function ratiosIn(figures: readonly Figure[]): Baseline {
  return Object.fromEntries(
    figures.filter(({ unit }) => unit === '×').map((figure) => [keyOf(figure), figure.median]),
  );
}

/** The medians of several runs, to three decimals. */
export function baselineOf(runs: readonly Baseline[]): Baseline {
  const [first = {}] = runs;
  const medianOf = (key: string) =>
    quantile(
      runs.map((run) => run[key] ?? Number.NaN),
      0.5,
    );
  return Object.fromEntries(Object.keys(first).map((key) => [key, Math.round(medianOf(key) * 1000) / 1000]));
}

/** Reads a baseline. @throws {Error} where it is none */
export function parseBaseline(text: string): Baseline {
  const read: unknown = JSON.parse(text);
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new Error('it is not an object of ratios');
  for (const [key, value] of Object.entries(read))
    if (typeof value !== 'number' || value <= 0)
      throw new Error(`${key}: ${JSON.stringify(value)} is not a ratio`);
  return read as Baseline;
}

/** Whether a ratio of a run is worse than the baseline by more than the tolerance; a ratio that is missing is. */
export function isWorse(key: string, baseline: Baseline, run: Baseline): boolean {
  return !((run[key] ?? Number.POSITIVE_INFINITY) <= (baseline[key] ?? 0) * TOLERANCE);
}

/** Baseline and runs side by side. */
export function tableOfRuns(baseline: Baseline, runs: readonly Baseline[]): string {
  const rows = Object.keys(baseline).map((key) => [
    key,
    shown(baseline[key] ?? Number.NaN),
    ...runs.map((run) => `${shown(run[key] ?? Number.NaN)}${isWorse(key, baseline, run) ? ' worse' : ''}`),
  ]);
  return tableOf([['ratio', 'baseline', ...runs.map((_, n) => `run ${n + 1}`)], ...rows]);
}
