import { parsePosition } from '@admit-one/core';
import { type VerifyReport, verifyExport } from '@admit-one/seals';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, exitCodes } from '../../command-error.ts';
import { printable } from '../../terminal.ts';
import type { AuditContext } from '../audit-context.ts';
import { counted } from '../output/numbers.ts';
import { readEvents, readKeySet, readSeals, readWitnesses, readZip } from './sealed-files.ts';
import { verifyCaseFile } from './verify-case-file.ts';

interface VerifyOptions {
  readonly seals?: string;
  readonly keys?: string;
  readonly witness: readonly string[];
  readonly since?: string;
  readonly keptFrom?: string;
}

/** Adds `admit audit verify`. */
export function addVerifyCommand(audit: Command, context: AuditContext): void {
  audit
    .command('verify')
    .description(
      'Verifies that an export has every event as it was sealed: none changed, missing, added or moved. Needs no server.\n' +
        'The export must have all events (no filter) as NDJSON. Exits with 1 if something is wrong.\n' +
        'Also verifies a case (`admit audit case`), which has its seals in it. Exits with 4 if not all of its events have a proof.\n' +
        'Example: npx @admit-one/cli audit verify events.ndjson --seals seals.ndjson --keys keys.json',
    )
    .argument('<export or case>', 'of `admit audit export`, or of `admit audit case`')
    .option('--seals <file>', 'of `admit audit seals`; for an export')
    .option('--keys <file>', 'your copy of `admit audit seals --keys`; a case has its own')
    .option(
      '--witness <files...>',
      'logs of the audit-service, with lines `audit_sealed`: they show a cut-off end',
      [],
    )
    .option('--since <position>', 'behind which position the export begins', parseSince)
    .option(
      '--kept-from <day>',
      'the first day that is kept, such as 2026-01-31: earlier ones may be missing',
      parseDay,
    )
    .action((file: string, options: VerifyOptions) => verify(file, options, context));
}

async function verify(file: string, options: VerifyOptions, { terminal, done }: AuditContext): Promise<void> {
  const { seals, keys, witness, since, keptFrom } = options;
  const witnesses = (await Promise.all(witness.map(readWitnesses))).flat();
  const zip = await readZip(file);
  if (zip) {
    const own = keys === undefined ? undefined : await readKeySet(keys);
    const { report, lines } = await verifyCaseFile(file, zip, own, witnesses);
    for (const line of [...problemLines(report.problems), ...lines])
      terminal.stdout.write(`${printable(line)}\n`);
    if (report.problems.length > 0) done(exitCodes.failure);
    else if (report.unproven.length > 0) done(exitCodes.incomplete);
    return;
  }
  if (seals === undefined || keys === undefined)
    throw new CommandError(
      'An export is verified with --seals and --keys: files of `admit audit seals`, and of `admit audit seals --keys`.',
      exitCodes.usage,
    );
  const report = await verifyExport({
    events: readEvents(file),
    seals: await readSeals(seals),
    keys: await readKeySet(keys),
    witnesses,
    ...(since !== undefined && { since }),
    ...(keptFrom !== undefined && { keptFrom }),
  });
  for (const line of linesOf(report)) terminal.stdout.write(`${printable(line)}\n`);
  if (report.problems.length > 0) done(exitCodes.failure);
}

const MOST_PROBLEMS = 20;

function problemLines(problems: readonly string[]): readonly string[] {
  const more = problems.length - MOST_PROBLEMS;
  return [
    ...problems.slice(0, MOST_PROBLEMS).map((problem) => `wrong: ${problem}`),
    ...(more > 0 ? [`wrong: ${more} more`] : []),
  ];
}

function linesOf(report: VerifyReport): readonly string[] {
  const { problems, seals, sealed, unsealed, forgotten, droppedDays, kids } = report;
  const dropped = Object.entries(droppedDays).map(
    ([day, events]) => `${day} is not kept any more: ${counted(events, 'event')} of it not compared`,
  );
  return [
    ...problemLines(problems),
    ...dropped,
    `${counted(sealed, 'event')} compared with ${counted(seals, 'seal')}, signed by ${kids.join(', ') || 'nobody'}`,
    ...(forgotten > 0 ? [`${counted(forgotten, 'event')} of them with forgotten values`] : []),
    ...(unsealed > 0 ? [`${counted(unsealed, 'event')} not compared: outside of the seals`] : []),
    problems.length === 0 ? 'Verified: every compared event is as it was sealed.' : 'Not verified.',
  ];
}

function parseSince(text: string): string {
  if (!parsePosition(text)) throw new InvalidArgumentError('It must be a position, such as 1.2040.3.');
  return text;
}

function parseDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text))
    throw new InvalidArgumentError('It must be a day, such as 2026-01-31.');
  return text;
}
