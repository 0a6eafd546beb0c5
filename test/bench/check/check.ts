import { type Baseline, isWorse } from './baseline.ts';

export const MOST_RUNS = 3;
/** One bad run is noise, two are not. */
const BAD_RUNS = 2;

export interface CheckResult {
  readonly runs: readonly Baseline[];
  /** The keys of the ratios that were worse than the baseline in two of three runs. */
  readonly worse: readonly string[];
}

/** Runs until it is certain for every ratio of the baseline whether it is worse: two or three times. */
export async function checkAgainst(
  baseline: Baseline,
  runOnce: () => Promise<Baseline>,
): Promise<CheckResult> {
  const keys = Object.keys(baseline);
  const runs: Baseline[] = [];
  const badRunsOf = (key: string) => runs.filter((run) => isWorse(key, baseline, run)).length;
  const isOpen = (key: string) => {
    const bad = badRunsOf(key);
    return bad < BAD_RUNS && bad + MOST_RUNS - runs.length >= BAD_RUNS;
  };
  while (keys.some(isOpen)) runs.push(await runOnce());
  return { runs, worse: keys.filter((key) => badRunsOf(key) >= BAD_RUNS) };
}
