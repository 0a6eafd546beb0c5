import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import { ServerRejection } from '../http/http-errors.ts';
import { membersOf } from '../json-members.ts';
import { drained, type Terminal } from '../terminal.ts';
import type { AuditApi, Parameters } from './api/audit-api.ts';
import type { ApiEvent } from './api/replies.ts';
import { parseServerSentEvents, type ServerSent } from './api/server-sent-events.ts';
import type { AuditContext } from './audit-context.ts';
import { eventColumns, eventRow } from './output/event-rows.ts';
import { jsonLine, type OutputOptions } from './output/output.ts';
import { createTextWriter } from './output/text-writer.ts';
import { parametersOf } from './words.ts';

/** Adds `admit audit tail`. */
export function addTailCommand(audit: Command, context: AuditContext): void {
  audit
    .command('tail')
    .description(
      'Prints events as they are stored, and reconnects without a loss. Ctrl-C ends.\n' +
        'Example: npx @admit-one/cli audit tail type=admit.ticket.rejected type=admit.handshake.rejected',
    )
    .argument('[words...]', 'as of search; since=<position> starts after an event')
    .option('--json', 'print one event per line, as JSON')
    .action((words: readonly string[], options: OutputOptions, command: Command) =>
      followEvents(parametersOf(words), options, context.connect(command), context),
    );
}

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;
/** Three heartbeats of the server. */
const SILENT_MS = 45_000;

async function followEvents(
  parameters: Parameters,
  options: OutputOptions,
  api: AuditApi,
  { terminal, progress }: AuditContext,
): Promise<void> {
  const { interrupted } = terminal;
  const print = eventPrinter(options, terminal);
  let position: string | undefined;
  let isConnected = false;
  let delayMs = FIRST_DELAY_MS;

  async function receive(message: ServerSent): Promise<void> {
    position = positionOf(message) ?? position;
    if (message.kind === 'comment') return;
    if (message.event === 'admit') print(membersOf(message.data) as unknown as ApiEvent);
    else if (message.event === 'behind')
      progress.info(`behind: events come faster than they are read here. Going on after ${position}`);
    await drained(terminal);
  }

  while (!interrupted.aborted) {
    const error = await readStream({ api, parameters, position, interrupted }, receive, () => {
      if (!isConnected) progress.info('connected; Ctrl-C ends');
      isConnected = true;
      delayMs = FIRST_DELAY_MS;
    });
    if (interrupted.aborted) return;
    if (error && (!isConnected || (error instanceof ServerRejection && error.isPermanent))) throw error;
    const why = error?.message ?? 'The server ended the stream.';
    progress.info(`${why} Reconnecting in ${delayMs / 1000} s`);
    await sleep(delayMs, undefined, { signal: interrupted }).catch(() => {});
    delayMs = Math.min(2 * delayMs, MAX_DELAY_MS);
  }
}

interface Reading {
  readonly api: AuditApi;
  readonly parameters: Parameters;
  /** Of the last event. */
  readonly position: string | undefined;
  readonly interrupted: AbortSignal;
}

/** Reads until the stream ends, fails or falls silent. Returns the error, if there is one. */
async function readStream(
  { api, parameters, position, interrupted }: Reading,
  receive: (message: ServerSent) => Promise<void>,
  onOpen: () => void,
): Promise<CommandError | undefined> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const { body } = await api.open('stream', {
      parameters: position === undefined ? parameters : parameters.filter(([name]) => name !== 'since'),
      headers: {
        accept: 'text/event-stream',
        ...(position === undefined ? {} : { 'last-event-id': position }),
      },
      signal: AbortSignal.any([interrupted, silence.signal]),
    });
    onOpen();
    const messages = body.pipeThrough(parseServerSentEvents(() => timer.refresh()));
    for await (const message of messages) await receive(message);
    return undefined;
  } catch (error) {
    if (silence.signal.aborted) return streamError(`Nothing came for ${SILENT_MS / 1000} s.`);
    return error instanceof CommandError ? error : streamError('The stream broke.', error);
  } finally {
    clearTimeout(timer);
  }
}

/** The text of a heartbeat where no event meets the filter. */
const HEARTBEAT = /^heartbeat (\S+)$/;

/** To where everything has been received. */
function positionOf(message: ServerSent): string | null {
  if (message.kind === 'comment') return HEARTBEAT.exec(message.text)?.[1] ?? null;
  if (message.event !== 'behind') return message.id;
  const { position } = membersOf(message.data);
  return typeof position === 'string' ? position : null;
}

function streamError(message: string, cause?: unknown): CommandError {
  return new CommandError(message, exitCodes.failure, { cause });
}

function eventPrinter({ json }: OutputOptions, terminal: Terminal): (event: ApiEvent) => void {
  if (json) return (event) => void terminal.stdout.write(jsonLine(event));
  const table = createTextWriter(terminal).table(eventColumns);
  return (event) => table.rows([eventRow(event)]);
}
