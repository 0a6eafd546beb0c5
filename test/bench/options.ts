import { parseArgs } from 'node:util';
import { type ContestantId, contestants, isEarlierBuild } from './contestants/contestant.ts';
import { type Measure, measures } from './report/figures.ts';

/** What a bench is asked for. */
export interface Options {
  /** Of each contestant in the closed loop, in all its slices; everything else is as large in proportion. */
  readonly admissions: number;
  /** In how many parts the contestants take turns. */
  readonly slices: number;
  /** Admissions of each contestant before its first slice. */
  readonly warmUp: number;
  /** In the audit log. */
  readonly events: number;
  readonly rounds: number;
  readonly only: readonly ContestantId[];
  readonly measures: readonly Measure[];
  /** The log level of every process. */
  readonly logLevel: string;
  /** The share of traces that our services export; null for none. */
  readonly traces: number | null;
  readonly json: string | undefined;
  readonly compare: string | undefined;
  /** A baseline that no ratio may be worse than. */
  readonly check: string | undefined;
  /** Writes the baseline instead of checking it. */
  readonly update: boolean;
  /** The folder of an earlier build, which then takes part. */
  readonly against: string | undefined;
  /** A folder for the CPU profiles of the servers. */
  readonly profile: string | undefined;
}

export const HELP = `npm run bench -- [options]

Measures what an admission costs: Admit One beside servers that do less. The table goes to standard output.

  --admissions N    of each contestant in the closed loop, 10000 by default; everything else is as large in proportion
  --slices N        in how many parts they take turns there, 10 by default
  --warm-up N       admissions of each before that, 6000 by default; shown apart
  --rounds N        how often everything else is measured, 3 by default
  --events N        in the audit log, 1000000 by default
  --only LIST       contestants, ${Object.keys(contestants).join(',')} by default: ${Object.entries(
    contestants,
  )
    .map(([id, name]) => `${id} ${name}`)
    .join('; ')}
  --measures LIST   ${Object.keys(measures).join(',')} by default
  --log-level L     of the servers, warn by default: then none writes a line for each admission; info: all that log do
  --traces SHARE    that our services export, from 0 to 1; by default they record none
  --json FILE       writes the report there too
  --compare FILE    prints it beside an earlier one
  --check FILE      measures two or three times; the exit code is 1 if a ratio is more than 10 % worse than in FILE twice
  --update          with --check: measures three times and writes the medians to FILE
  --against FOLDER  another checkout of this project, built there: its services take turns with ours
  --profile FOLDER  writes CPU profiles of the servers there
  --help
`;

/** A command line that cannot be used. */
export class UsageError extends Error {}

/** Reads the arguments; null where they ask for help. @throws {UsageError} */
export function parseOptions(args: readonly string[]): Options | null {
  const values = valuesOf(args);
  if (values.help) return null;
  return {
    admissions: wholeNumber('admissions', values.admissions),
    slices: wholeNumber('slices', values.slices),
    warmUp: wholeNumber('warm-up', values['warm-up']),
    events: wholeNumber('events', values.events),
    rounds: wholeNumber('rounds', values.rounds),
    only: someOf('only', values.only, contestants).filter(
      (id) => values.against !== undefined || !isEarlierBuild(id),
    ),
    measures: someOf('measures', values.measures, measures),
    logLevel: values['log-level'],
    traces: values.traces === undefined ? null : share('traces', values.traces),
    json: values.json,
    compare: values.compare,
    check: values.check,
    update: values.update,
    against: values.against,
    profile: values.profile,
  };
}

function valuesOf(args: readonly string[]) {
  const options = {
    admissions: { type: 'string', default: '10000' },
    slices: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '6000' },
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: Object.keys(contestants).join() },
    measures: { type: 'string', default: Object.keys(measures).join() },
    'log-level': { type: 'string', default: 'warn' },
    traces: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    check: { type: 'string' },
    update: { type: 'boolean', default: false },
    against: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`--${option}: ${value} is not a whole number from 1`);
  return number;
}

function share(option: string, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1))
    throw new UsageError(`--${option}: ${value} is not a number from 0 to 1`);
  return number;
}

/** The names of a list, in the table's order. */
function someOf<Name extends string>(
  option: string,
  value: string,
  table: Readonly<Record<Name, string>>,
): readonly Name[] {
  const given = value.split(',').map((name) => name.trim());
  const unknown = given.find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined)
    throw new UsageError(`--${option}: ${unknown} is not one of ${Object.keys(table).join(', ')}`);
  return (Object.keys(table) as Name[]).filter((name) => given.includes(name));
}
