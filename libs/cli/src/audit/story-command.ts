import { durationText } from '@admit-one/text';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import type { AuditApi } from './api/audit-api.ts';
import type { StoryReply } from './api/replies.ts';
import { findStory, type StoryKind, type StoryOptions, storyKinds, storyOf } from './api/stories.ts';
import type { AuditContext } from './audit-context.ts';
import { eventColumns, eventRow, textOf } from './output/event-rows.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import type { Column, Writer } from './output/table.ts';
import { writeVerdict } from './output/verdict.ts';

/** Adds `admit audit story`. */
export function addStoryCommand(audit: Command, context: AuditContext): void {
  const story = audit
    .command('story')
    .description(
      'Says what happened to a ticket, session, user or connection, in a sentence and event by event.\n' +
        'Exits with 3 if nothing is known. Example: npx @admit-one/cli audit story user alice',
    )
    .argument('<kind or id>', `${storyKinds.join(', ')}; without it, the kind is found by the id`)
    .argument('[id]', 'an id; of a ticket also its first 8 or more characters, or the ticket')
    .option('--issuer <alias>', 'the issuer of the session or the user, where several have it');
  withOutputOptions(story, 'print the reply as one line of JSON').action(
    (first: string, second: string | undefined, options: StoryCommandOptions, command: Command) =>
      showStory({ first, second }, options, context.connect(command), context),
  );
}

type StoryCommandOptions = OutputOptions & StoryOptions;

interface StoryWords {
  readonly first: string;
  readonly second: string | undefined;
}

async function showStory(
  words: StoryWords,
  options: StoryCommandOptions,
  api: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  const reply = await storyOfWords(words, options, api);
  if (reply === null) {
    done(exitCodes.notFound);
    return progress.info('Nothing is known about it in the audit log.');
  }
  if (options.json) return void terminal.stdout.write(jsonLine(reply));
  const writer = writerOf(terminal, options);
  if (options.markdown) writer.heading(`Story of ${textOf(reply.kind)} ${textOf(reply.id)}`);
  writeVerdict(writer, reply);
  writeEvents(writer, reply);
}

/** The story that the words of a command line name; null where nothing is known. @throws {CommandError} */
export function storyOfWords(
  { first, second }: StoryWords,
  options: StoryOptions,
  api: AuditApi,
): Promise<StoryReply | null> {
  if (second === undefined) return findStory(api, first, options);
  if (!isStoryKind(first))
    throw new CommandError(
      `There are no stories of ${first}. The kinds are ${storyKinds.join(', ')}.`,
      exitCodes.usage,
    );
  return storyOf(api, first, second, options);
}

function isStoryKind(text: string): text is StoryKind {
  return (storyKinds as readonly string[]).includes(text);
}

/** The columns of a story: what distinguishes its events. */
const columns: readonly Column[] = [
  { title: 'time' },
  { title: 'after', align: 'right' },
  ...eventColumns.filter(({ title }) => title !== 'time'),
];

/** A table of the events of a story. */
export function writeEvents(writer: Writer, { events, truncated }: StoryReply): void {
  writer.heading('Events');
  writer.table(columns).rows(
    events.map((event) => {
      const [time = { text: '' }, ...cells] = eventRow(event);
      return [time, { text: durationText(Number(event.sinceMs)) }, ...cells];
    }),
  );
  if (truncated) writer.text('There are more events; npx @admit-one/cli audit search finds all.', 'warning');
}
