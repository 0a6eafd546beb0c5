import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parsePosition, type StoredEvent } from '@admit-one/core';
import { type VerifyReport, verifyExport, type Witness } from '@admit-one/seals';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, exitCodes } from '../../command-error.ts';
import { membersOf } from '../../http/http-errors.ts';
import { printable } from '../../terminal.ts';
import type { AuditContext } from '../audit-context.ts';
import { isZip } from '../case/case-file.ts';
import { counted } from '../output/numbers.ts';
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
  const witnesses = (await Promise.all(witness.map(witnessesOf))).flat();
  const zip = await zipIn(file);
  if (zip) {
    const own = keys === undefined ? undefined : await keysOf(keys);
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
    events: linesAsJson<StoredEvent>(
      file,
      (value) => typeof value.position === 'string' && isTime(value.time),
    ),
    seals: await jwsOf(seals),
    keys: await keysOf(keys),
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

async function jwsOf(file: string): Promise<readonly string[]> {
  const seals: string[] = [];
  for await (const { jws } of linesAsJson<{ jws: string }>(file, ({ jws }) => typeof jws === 'string'))
    seals.push(jws);
  return seals;
}

async function keysOf(file: string): Promise<{ readonly keys: readonly object[] }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw readError(file, error);
  });
  const { keys } = membersOf(text);
  if (!Array.isArray(keys)) throw new CommandError(`${file} is not a JWK Set.`, exitCodes.usage);
  return { keys };
}

/** The bytes of a ZIP archive; null for another file. */
async function zipIn(file: string): Promise<Uint8Array | null> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return isZip(buffer.subarray(0, bytesRead)) ? await handle.readFile() : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    // A pipe, which is read as an export.
    if ((error as NodeJS.ErrnoException).code === 'ESPIPE') return null;
    throw readError(file, error);
  }
}

/** What logs say of seals: lines that are something else are passed over. */
async function witnessesOf(file: string): Promise<readonly Witness[]> {
  const witnesses: Witness[] = [];
  for await (const line of lines(file)) {
    const { message, number, digest } = membersOf(line);
    if (message === 'audit_sealed' && typeof number === 'number' && typeof digest === 'string')
      witnesses.push({ number, digest });
  }
  if (witnesses.length === 0)
    throw new CommandError(`${file} has no line \`audit_sealed\` in JSON.`, exitCodes.usage);
  return witnesses;
}

async function* linesAsJson<T>(
  file: string,
  isOne: (value: Readonly<Record<string, unknown>>) => boolean,
): AsyncGenerator<T> {
  let number = 0;
  for await (const line of lines(file)) {
    number += 1;
    if (line === '') continue;
    const value = membersOf(line);
    if (!isOne(value))
      throw new CommandError(
        `${file}, line ${number}: is not what the command prints as JSON.`,
        exitCodes.usage,
      );
    yield value as T;
  }
}

async function* lines(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw readError(file, error);
  } finally {
    input.destroy();
  }
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function readError(file: string, error: unknown): CommandError {
  return new CommandError(`${file} cannot be read (${(error as Error).message}).`, exitCodes.usage, {
    cause: error,
  });
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
