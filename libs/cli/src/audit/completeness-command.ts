import type { Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import type { AuditApi } from './api/audit-api.ts';
import { type CompletenessReply, completenessMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { textOf } from './output/event-rows.ts';
import { counted } from './output/numbers.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import type { Writer } from './output/table.ts';

interface CompletenessOptions extends OutputOptions {
  readonly all?: boolean;
}

/** Adds `admit audit completeness`. */
export function addCompletenessCommand(audit: Command, context: AuditContext): void {
  const completeness = audit
    .command('completeness')
    .description(
      'Says what the audit log lacks, and since when. Exits with 0 if it is complete, with 4 if not.',
    )
    .option('--all', 'also what is in order, and what operators have acknowledged');
  withOutputOptions(completeness, 'print the reply as one line of JSON').action(
    (options: CompletenessOptions, command: Command) =>
      showCompleteness(options, context.connect(command), context),
  );
}

async function showCompleteness(
  options: CompletenessOptions,
  api: AuditApi,
  { terminal, progress, done }: AuditContext,
): Promise<void> {
  const reply = await api.json<CompletenessReply>('completeness', completenessMembers, {
    parameters: options.all ? [['all', 'true']] : [],
  });
  const problems = problemsOf(reply);
  const isComplete = problems.length === 0;
  done(isComplete ? exitCodes.success : exitCodes.incomplete);
  if (options.json) return void terminal.stdout.write(jsonLine(reply));

  const writer = writerOf(terminal, options);
  if (isComplete) writer.text('The audit log is complete.', 'good');
  else writer.text(`The audit log is not complete: ${problems.join(', ')}.`, 'bad');
  if (reply.horizon !== null)
    writer.text(`Followers and exports are complete up to the position ${textOf(reply.horizon)}.`);
  writePartitions(writer, reply);
  writeStreams(writer, reply, options);
  if (reply.deadLetters > 0)
    writer.text(`Dead letters are of the subjects ${reply.deadLetterSubjects.map(textOf).join(', ')}.`);
  writeAcknowledgements(writer, reply);
  if (!isComplete)
    progress.info(
      'what is known can be acknowledged: npx @admit-one/cli audit acknowledge partition <key>... --reason <text>',
    );
}

/** What is not in order, as the end of a sentence. */
function problemsOf({ partitions, streams, conflicts, deadLetters }: CompletenessReply): readonly string[] {
  const missing = sumOf(partitions, ({ missingCount }) => missingCount);
  const unknown = partitions.filter(({ state }) => state === 'tail_unknown').length;
  const messages = sumOf(streams, ({ missingCount, lostCount }) => missingCount + lostCount);
  return [
    ...(missing > 0 ? [`${counted(missing, 'event')} missing`] : []),
    ...(unknown > 0 ? [`the last event of ${counted(unknown, 'partition key')} is unknown`] : []),
    ...(messages > 0 ? [`${counted(messages, 'message')} of the event stream missing`] : []),
    ...(conflicts > 0 ? [counted(conflicts, 'conflict')] : []),
    ...(deadLetters > 0 ? [counted(deadLetters, 'dead letter')] : []),
  ];
}

function sumOf<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

function writePartitions(writer: Writer, { partitions }: CompletenessReply): void {
  writer
    .table([
      { title: 'partition key' },
      { title: 'state' },
      { title: 'missing', align: 'right' },
      { title: 'conflicts', align: 'right' },
      { title: 'since' },
    ])
    .rows(
      partitions.map(({ partitionkey, state, missingCount, conflictCount, since }) => [
        { text: textOf(partitionkey) },
        { text: textOf(state), style: state === 'tail_unknown' ? 'warning' : 'plain' },
        { text: textOf(missingCount), style: missingCount > 0 ? 'bad' : 'plain' },
        { text: textOf(conflictCount), style: conflictCount > 0 ? 'bad' : 'plain' },
        { text: textOf(since) },
      ]),
    );
}

/** The generations of the event stream that lack messages, or all. */
function writeStreams(writer: Writer, { streams }: CompletenessReply, { all }: CompletenessOptions): void {
  writer
    .table([
      { title: 'generation', align: 'right' },
      { title: 'state' },
      { title: 'missing', align: 'right' },
      { title: 'lost', align: 'right' },
      { title: 'since' },
    ])
    .rows(
      streams
        .filter(({ missingCount, lostCount }) => all || missingCount + lostCount > 0)
        .map(({ generation, state, missingCount, lostCount, since }) => [
          { text: textOf(generation) },
          { text: textOf(state) },
          { text: textOf(missingCount), style: missingCount > 0 ? 'bad' : 'plain' },
          { text: textOf(lostCount), style: lostCount > 0 ? 'bad' : 'plain' },
          { text: textOf(since) },
        ]),
    );
}

function writeAcknowledgements(writer: Writer, { acknowledgements = [] }: CompletenessReply): void {
  writer
    .table([
      { title: 'acknowledged' },
      { title: 'kind' },
      { title: 'name' },
      { title: 'operator' },
      { title: 'reason' },
    ])
    .rows(
      acknowledgements.map(({ acknowledgedAt, kind, name, operator, reason }) =>
        [acknowledgedAt, kind, name, operator, reason].map((value) => ({ text: textOf(value) })),
      ),
    );
}
