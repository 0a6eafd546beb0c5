import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parsePosition, type StoredEvent } from '@admit-one/core';
import { type VerifyReport, verifyExport, type Witness } from '@admit-one/seals';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, exitCodes } from '../../command-error.ts';
import { membersOf } from '../../http/http-errors.ts';
import type { AuditContext } from '../audit-context.ts';
import { counted } from '../output/numbers.ts';

interface VerifyOptions {
  readonly seals: string;
  readonly keys: string;
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
        'Example: npx @admit-one/cli audit verify events.ndjson --seals seals.ndjson --keys keys.json',
    )
    .argument('<export>', 'of `admit audit export`')
    .requiredOption('--seals <file>', 'of `admit audit seals`')
    .requiredOption('--keys <file>', 'your copy of `admit audit seals --keys`')
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

async function verify(
  file: string,
  { seals, keys, witness, since, keptFrom }: VerifyOptions,
  { terminal, done }: AuditContext,
): Promise<void> {
  const report = await verifyExport({
    events: linesAsJson<StoredEvent>(
      file,
      (value) => typeof value.position === 'string' && isTime(value.time),
    ),
    seals: await jwsOf(seals),
    keys: await keysOf(keys),
    witnesses: (await Promise.all(witness.map(witnessesOf))).flat(),
    ...(since !== undefined && { since }),
    ...(keptFrom !== undefined && { keptFrom }),
  });
  for (const line of linesOf(report)) terminal.stdout.write(`${line}\n`);
  if (report.problems.length > 0) done(exitCodes.failure);
}

const MOST_PROBLEMS = 20;

function linesOf({ problems, seals, sealed, unsealed, droppedDays, kids }: VerifyReport): readonly string[] {
  const dropped = Object.entries(droppedDays).map(
    ([day, events]) => `${day} is not kept any more: ${counted(events, 'event')} of it not compared`,
  );
  const more = problems.length - MOST_PROBLEMS;
  return [
    ...problems.slice(0, MOST_PROBLEMS).map((problem) => `wrong: ${problem}`),
    ...(more > 0 ? [`wrong: ${more} more`] : []),
    ...dropped,
    `${counted(sealed, 'event')} compared with ${counted(seals, 'seal')}, signed by ${kids.join(', ') || 'nobody'}`,
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
