import type { Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import { drained, type Terminal } from '../terminal.ts';
import type { AuditApi, Parameters } from './api/audit-api.ts';
import { type EventsReply, eventsMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { eventColumns, eventRow } from './output/event-rows.ts';
import { counted } from './output/numbers.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import { hasTicket, parametersOf } from './words.ts';

interface SearchOptions extends OutputOptions {
  readonly all?: boolean;
}

/** Adds `admit audit search`. */
export function addSearchCommand(audit: Command, context: AuditContext): void {
  const search = audit
    .command('search')
    .description(
      'Finds events, newest first. Words are parameters of the API: name=value, name!=value, or one bare word for any id,\n' +
        'address or ticket. Exits with 3 if there is nothing.\n' +
        'Example: npx @admit-one/cli audit search reason=ticket_replayed address=203.0.113.0/24 from=-2h',
    )
    .argument('[words...]', 'such as user=alice route!=chat from=-2h to=now limit=20 order=asc')
    .option('--all', 'all pages, to the end');
  withOutputOptions(search, 'print one event per line, as JSON').action(
    (words: readonly string[], options: SearchOptions, command: Command) =>
      searchEvents(words, options, context.connect(command), context),
  );
}

async function searchEvents(
  words: readonly string[],
  options: SearchOptions,
  api: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  const parameters = newestFirst(parametersOf(words));
  const print = eventPrinter(options, terminal);
  let found = 0;
  let page: EventsReply | undefined;
  do {
    // A page without events says how far it searched; the next one goes on from there.
    if (page && found === 0) progress.info(`searched to ${page.scannedTo}`);
    page = await api.json<EventsReply>('events', eventsMembers, { parameters: following(parameters, page) });
    print(page.events);
    await drained(terminal);
    found += page.events.length;
  } while (!page.end && (options.all || found === 0));
  if (found === 0) {
    progress.info(`Nothing found.${hintFor(words)}`);
    return done(exitCodes.notFound);
  }
  progress.info(
    page.end
      ? `${counted(found, 'event')}, all that match`
      : `${counted(found, 'event')}, searched to ${page.scannedTo}. For more, add cursor=${page.next}, or --all`,
  );
}

/** The same search, after a page of it. */
export function following(parameters: Parameters, page: Pick<EventsReply, 'next'> | undefined): Parameters {
  if (page === undefined) return parameters;
  return [...parameters.filter(([name]) => name !== 'cursor'), ['cursor', page.next]];
}

function newestFirst(parameters: Parameters): Parameters {
  const isOrdered = parameters.some(([name]) => name === 'order' || name === 'since');
  return isOrdered ? parameters : [...parameters, ['order', 'desc']];
}

function eventPrinter(options: SearchOptions, terminal: Terminal) {
  if (options.json)
    return (events: EventsReply['events']) => void terminal.stdout.write(events.map(jsonLine).join(''));
  const table = writerOf(terminal, options).table(eventColumns);
  return (events: EventsReply['events']) => table.rows(events.map(eventRow));
}

function hintFor(words: readonly string[]): string {
  if (!words.some(hasTicket)) return '';
  return ' 32 hex characters are searched for as a ticket: if they are a trace id, write trace=….';
}
