import type { Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import type { AuditApi } from './api/audit-api.ts';
import { type CompletenessReply, completenessMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { textOf } from './output/event-rows.ts';
import { counted } from './output/numbers.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';

/** Adds `admit audit completeness`. */
export function addCompletenessCommand(audit: Command, context: AuditContext): void {
  const completeness = audit
    .command('completeness')
    .description(
      'Says which events the audit log lacks, and since when. Exits with 0 if it is complete, with 4 if not.',
    );
  withOutputOptions(completeness, 'print the reply as one line of JSON').action(
    (options: OutputOptions, command: Command) =>
      showCompleteness(options, context.connect(command), context),
  );
}

async function showCompleteness(
  options: OutputOptions,
  api: AuditApi,
  { terminal, done }: AuditContext,
): Promise<void> {
  const reply = await api.json<CompletenessReply>('completeness', completenessMembers);
  const { partitions, conflicts, deadLetters } = reply;
  const incomplete = partitions.filter(
    ({ missingCount, state }) => missingCount > 0 || state === 'tail_unknown',
  );
  const isComplete = incomplete.length === 0 && conflicts === 0 && deadLetters === 0;
  done(isComplete ? exitCodes.success : exitCodes.incomplete);
  if (options.json) return void terminal.stdout.write(jsonLine(reply));

  const writer = writerOf(terminal, options);
  if (isComplete) writer.text('The audit log is complete.', 'good');
  else writer.text(`The audit log is not complete: ${problemsOf(reply).join(', ')}.`, 'bad');
  writer.text(`Nothing can appear any more up to the position ${textOf(reply.horizon)}.`);
  writer
    .table([
      { title: 'partition key' },
      { title: 'state' },
      { title: 'missing', align: 'right' },
      { title: 'since' },
    ])
    .rows(
      incomplete.map(({ partitionkey, state, missingCount, since }) => [
        { text: textOf(partitionkey) },
        { text: textOf(state), style: state === 'tail_unknown' ? 'warning' : 'plain' },
        { text: textOf(missingCount), style: 'bad' },
        { text: textOf(since) },
      ]),
    );
}

function problemsOf({ partitions, conflicts, deadLetters }: CompletenessReply): readonly string[] {
  const missing = partitions.reduce((sum, { missingCount }) => sum + missingCount, 0);
  const unknown = partitions.filter(({ state }) => state === 'tail_unknown').length;
  return [
    ...(missing > 0 ? [`${counted(missing, 'event')} missing`] : []),
    ...(unknown > 0 ? [`the last event unknown of ${counted(unknown, 'partition key')}`] : []),
    ...(conflicts > 0 ? [`${counted(conflicts, 'conflict')}`] : []),
    ...(deadLetters > 0 ? [`${counted(deadLetters, 'dead letter')}`] : []),
  ];
}
