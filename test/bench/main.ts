import { readFile, writeFile } from 'node:fs/promises';
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
    if (options) return await measure(options, places);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function measure(options: Options, places: Places): Promise<number> {
  const before = options.compare === undefined ? null : await readReport(options.compare);
  const report = await runBench(options, places);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(printed(report));
  if (before) process.stdout.write(`\n${compared(before, report)}`);
  return Object.keys(report.failures).length === 0 ? 0 : 1;
}

async function readReport(file: string): Promise<Report> {
  try {
    return parseReport(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--compare: ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
