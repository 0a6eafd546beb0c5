import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { CommandError, exitCodes } from '../../command-error.ts';
import { ServerRejection } from '../../http/http-errors.ts';
import type { Progress } from '../../terminal.ts';
import type { AuditApi, Parameters } from '../api/audit-api.ts';
import type { AuditContext } from '../audit-context.ts';
import { counted } from '../output/numbers.ts';
import { parametersOf } from '../words.ts';
import { createLineReader, type ExportFormat, exportFormats, requestsByFormat } from './export-format.ts';
import { type ExportSink, FileError, openFileSink, stdoutSink } from './export-sink.ts';

interface ExportOptions {
  readonly format: ExportFormat;
  readonly out?: string;
}

/** Adds `admit audit export`. */
export function addExportCommand(audit: Command, context: AuditContext): void {
  audit
    .command('export')
    .description(
      'Writes all events that match, in the order of the event stream, to a file or to standard output.\n' +
        'Prints a position that continues it. Exits with 4 if it is not complete.\n' +
        'Example: npx @admit-one/cli audit export from=-1d --format csv --out events.csv',
    )
    .argument('[words...]', 'as of search; since=<position> continues an export')
    .addOption(new Option('--format <format>', 'the format').choices(exportFormats).default('ndjson'))
    .option('--out <file>', 'a new file, which only you can read; with since=, the file to continue')
    .action((words: readonly string[], options: ExportOptions, command: Command) =>
      exportEvents(words, options, context.connect(command), context),
    );
}

/** Before everything: generations of the event stream are numbered from 1. */
const START = '0.0.0';
const MAX_FAILURES = 5;
const RETRY_MS = 500;
const PROGRESS_INTERVAL_MS = 1_000;

/** What was written so far. */
interface Exported {
  /** Of the last event that was written, or to which the server has searched. */
  position: string;
  count: number;
  /** RFC 3339; set when the export is complete. */
  scannedTo: string | null;
}

async function exportEvents(
  words: readonly string[],
  { format, out }: ExportOptions,
  api: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  const { since, filter } = exportParametersOf(words);
  const exported: Exported = { position: since ?? START, count: 0, scannedTo: null };
  const target = { format, continues: since !== undefined };
  const openSink = async () => (out === undefined ? stdoutSink(terminal, target) : openFileSink(out, target));
  const failure = await exportAll({
    api,
    format,
    filter,
    exported,
    openSink,
    interrupted: terminal.interrupted,
    progress,
  });
  const events = `${counted(exported.count, 'event')} exported`;
  const continued = `To continue, run it again with since=${exported.position}`;
  if (failure) {
    progress.info(failure.message);
    progress.info(`Not complete: ${events}. ${continued}`);
    return done(exitCodes.incomplete);
  }
  progress.info(`${events}, complete to ${exported.scannedTo}. ${continued}`);
  if (exported.count === 0) done(exitCodes.notFound);
}

/** An export has its own order and pages. */
const NOT_OF_EXPORTS = ['order', 'cursor', 'limit', 'format'];

function exportParametersOf(words: readonly string[]): { since: string | undefined; filter: Parameters } {
  const parameters = parametersOf(words);
  const wrong = parameters.find(([name]) => NOT_OF_EXPORTS.includes(name));
  if (wrong)
    throw new CommandError(
      `Leave out ${wrong[0]}=: an export has all events, in the order of the event stream. since=<position> continues one, and --format is its format.`,
      exitCodes.usage,
    );
  const since = parameters.find(([name]) => name === 'since')?.[1];
  return { since, filter: parameters.filter(([name]) => name !== 'since') };
}

interface Export {
  readonly api: AuditApi;
  readonly format: ExportFormat;
  readonly filter: Parameters;
  readonly exported: Exported;
  /** Called when the server has accepted the request. */
  readonly openSink: () => Promise<ExportSink>;
  readonly interrupted: AbortSignal;
  readonly progress: Progress;
}

/**
 * Copies reply after reply, each after the last event of the one before. Returns why the export is not complete.
 * @throws {CommandError} where the server accepts no request, or the file cannot be written
 */
async function exportAll(options: Export): Promise<CommandError | undefined> {
  const { openSink, exported, interrupted } = options;
  let sink: ExportSink | undefined;
  try {
    for (let failures = 0; ; ) {
      const before = exported.position;
      try {
        const body = await openReply(options);
        sink ??= await openSink();
        if (await copyReply(body, sink, options)) return undefined;
      } catch (error) {
        if (sink === undefined || error instanceof FileError) throw error;
        const failure = error instanceof CommandError ? error : brokenError(error);
        failures = exported.position === before ? failures + 1 : 1;
        if (isPermanent(failure) || failures > MAX_FAILURES || interrupted.aborted) return failure;
        await sleep(failures * RETRY_MS, undefined, { signal: interrupted }).catch(() => {});
      }
    }
  } finally {
    await sink?.close();
  }
}

async function openReply({ api, format, filter, exported: { position } }: Export) {
  const { accept, parameters } = requestsByFormat[format];
  const { body } = await api.open('events', {
    parameters: [...filter, ...parameters, ['since', position]],
    headers: { accept },
  });
  return body;
}

/** Copies the lines of a reply. Returns whether there is nothing more. */
async function copyReply(
  body: ReadableStream<Uint8Array>,
  sink: ExportSink,
  { format, exported, progress }: Export,
): Promise<boolean> {
  const read = createLineReader(format);
  let reportedAt = performance.now();
  for await (const text of linesOf(body)) {
    const line = read(text);
    if (line === null) throw new LineError('A line of the reply is not of an export.', exitCodes.failure);
    if (line.kind === 'last') {
      exported.position = line.next;
      exported.scannedTo = line.scannedTo;
      return line.end;
    }
    await sink.write(line.kind, text);
    if (line.kind === 'event') {
      exported.position = line.position;
      exported.count += 1;
    }
    if (performance.now() - reportedAt > PROGRESS_INTERVAL_MS) {
      progress.info(`${counted(exported.count, 'event')} exported`);
      reportedAt = performance.now();
    }
  }
  throw brokenError();
}

/** The complete lines of a UTF-8 stream, without their ends. A last line without an end is dropped. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
  }
}

/** A line that is not of the format. */
class LineError extends CommandError {}

function isPermanent(failure: CommandError): boolean {
  return failure instanceof LineError || (failure instanceof ServerRejection && failure.isPermanent);
}

function brokenError(cause?: unknown): CommandError {
  return new CommandError('The reply ended before the export did.', exitCodes.failure, { cause });
}
