import type { Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import type { AuditApi } from './api/audit-api.ts';
import { type SummaryReply, summaryMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { styleOfReason, textOf } from './output/event-rows.ts';
import { barText, counted } from './output/numbers.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import type { Cell } from './output/table.ts';
import { parametersOf } from './words.ts';

/** Adds `admit audit summary`. */
export function addSummaryCommand(audit: Command, context: AuditContext): void {
  const summary = audit
    .command('summary')
    .description(
      'Counts events over time. Exits with 3 if there are none.\n' +
        'Example: npx @admit-one/cli audit summary by=reason,route interval=1m from=-1h',
    )
    .argument('[words...]', 'by (dimensions), interval, from (the last hour by default), to');
  withOutputOptions(summary, 'print the reply as one line of JSON').action(
    (words: readonly string[], options: OutputOptions, command: Command) =>
      countEvents(words, options, context.connect(command), context),
  );
}

const BAR_WIDTH = 30;

async function countEvents(
  words: readonly string[],
  options: OutputOptions,
  api: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  const parameters = parametersOf(words);
  const reply = await api.json<SummaryReply>('summary', summaryMembers, { parameters });
  const { rows } = reply;
  if (rows.length === 0) done(exitCodes.notFound);
  if (options.json) return void terminal.stdout.write(jsonLine(reply));
  if (rows.length === 0) return progress.info('Nothing found.');

  const names = dimensionsOf(reply);
  const counts = rows.map(({ count }) => Number(count) || 0);
  const max = Math.max(...counts);
  writerOf(terminal, options)
    .table([
      { title: 'time' },
      ...names.map((title) => ({ title })),
      { title: 'count', align: 'right' },
      { title: '' },
    ])
    .rows(
      rows.map((row, index) => [
        { text: textOf(row.time), style: 'dim' },
        ...names.map(
          (name): Cell => ({
            text: textOf(row[name]),
            style: name === 'reason' ? styleOfReason(textOf(row[name])) : 'plain',
          }),
        ),
        { text: textOf(row.count) },
        { text: barText(counts[index] ?? 0, max, BAR_WIDTH) },
      ]),
    );
  progress.info(
    `${counted(
      counts.reduce((sum, count) => sum + count, 0),
      'event',
    )}, by intervals of ${textOf(reply.interval)}`,
  );
}

/** What the rows are counted by: every member that is not the time or the count, types and reasons first. */
function dimensionsOf({ rows }: SummaryReply): readonly string[] {
  const names = new Set(['type', 'reason', ...rows.flatMap(Object.keys)]);
  return [...names].filter(
    (name) =>
      !['time', 'count'].includes(name) && rows.some((row) => row[name] !== undefined && row[name] !== null),
  );
}
