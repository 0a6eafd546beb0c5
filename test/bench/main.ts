import { readFile, writeFile } from 'node:fs/promises';
import { type Baseline, baselineOf, parseBaseline, ratiosIn, tableOfRuns } from './check/baseline.ts';
import { checkAgainst, MOST_RUNS } from './check/check.ts';
import { HELP, type Options, parseOptions, UsageError } from './options.ts';
import { compared } from './report/compare.ts';
import { printed } from './report/print.ts';
import { parseReport, type Report } from './report/report.ts';
import { type Places, runBench } from './run-bench.ts';

/**
 * `npm run bench`: progress on standard error, the tables on standard output. Gives the exit code: 0; 1 where somebody was not
 * admitted or something did not run; 2 for a wrong command line. A missed target is a diagnostic, no failure.
 */
export async function main(args: readonly string[], places: Places): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options)
      return await (options.check === undefined
        ? measure(options, places)
        : check(options.check, options, places));
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function measure(options: Options, places: Places): Promise<number> {
  const before = options.compare === undefined ? null : await read('--compare', options.compare, parseReport);
  const report = await runBench(options, places);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(printed(report));
  if (before) process.stdout.write(`\n${compared(before, report)}`);
  return exitCodeOf(report);
}

/** Holds the ratios to those of a file, or writes there what three runs give in which everybody was admitted. */
async function check(file: string, options: Options, places: Places): Promise<number> {
  let exitCode = 0;
  async function runOnce(): Promise<Baseline> {
    const report = await runBench(options, places);
    exitCode ||= exitCodeOf(report);
    process.stdout.write(`${printed(report)}\n`);
    return ratiosIn(report.figures);
  }
  if (options.update) {
    const runs: Baseline[] = [];
    while (runs.length < MOST_RUNS) runs.push(await runOnce());
    if (exitCode === 0) await writeFile(file, `${JSON.stringify(baselineOf(runs), null, 2)}\n`);
    return exitCode;
  }
  const baseline = await read('--check', file, parseBaseline);
  const { runs, worse } = await checkAgainst(baseline, runOnce);
  process.stdout.write(tableOfRuns(baseline, runs));
  for (const key of worse) process.stdout.write(`WORSE in two of three runs: ${key}\n`);
  return worse.length === 0 ? exitCode : 1;
}

/** @throws {UsageError} where an option names a file that is not what it should be */
async function read<Content>(
  option: string,
  file: string,
  parse: (text: string) => Content,
): Promise<Content> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${option}: ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function exitCodeOf({ failures }: Report): number {
  return Object.keys(failures).length === 0 ? 0 : 1;
}
