import type { Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import { type ServerOptions, sameServer } from '../http/server-options.ts';
import type { AuditApi } from './api/audit-api.ts';
import { storyOf } from './api/stories.ts';
import type { AuditContext } from './audit-context.ts';
import { SUPPORT_CODE_LENGTH, textOf } from './output/event-rows.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import { writeVerdict } from './output/verdict.ts';

/** Adds the command `why`. */
export function addWhyCommand(parent: Command, context: AuditContext): Command {
  const why = parent
    .command('why')
    .description(
      'Says what happened to a support code, and what to do. Exits with 3 if nothing is known of it.\n' +
        'Example: npx @admit-one/cli why u7lqBqkCwD',
    )
    .argument('<code>', `a ticket id, its first ${SUPPORT_CODE_LENGTH} characters, or the ticket`);
  return withOutputOptions(why, 'print the story as one line of JSON').action(
    (code: string, _: OutputOptions, command: Command) =>
      explainCode(code.trim(), command.optsWithGlobals(), context.connect(command), context),
  );
}

async function explainCode(
  code: string,
  options: OutputOptions & Pick<ServerOptions, 'url'>,
  api: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  const story = await storyOf(api, 'ticket', code);
  if (story === null) {
    done(exitCodes.notFound);
    return progress.info(
      'Nothing is known of this code. Check it for typing errors; events are kept for AUDIT_RETENTION_DAYS.',
    );
  }
  if (options.json) return void terminal.stdout.write(jsonLine(story));
  const writer = writerOf(terminal, options);
  if (options.markdown) writer.heading(`Ticket ${textOf(story.id)}`);
  writeVerdict(writer, story);
  const supportCode = textOf(story.id).slice(0, SUPPORT_CODE_LENGTH);
  progress.info(`event by event: npx @admit-one/cli audit story ticket ${supportCode}${sameServer(options)}`);
}
