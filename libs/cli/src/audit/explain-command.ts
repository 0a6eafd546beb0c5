import type { Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import type { AuditApi, Parameters } from './api/audit-api.ts';
import { type ExplainReply, explainMembers, type SummaryReply, summaryMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { styleOfReason, textOf } from './output/event-rows.ts';
import { counted, percentText } from './output/numbers.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import type { Column } from './output/table.ts';
import { parametersOf } from './words.ts';

/** Adds `admit audit explain`. */
export function addExplainCommand(audit: Command, context: AuditContext): void {
  const explain = audit
    .command('explain')
    .description(
      'Says what the rejections of a time have in common, against the hour before, and what to do.\n' +
        'Exits with 3 if there are no rejections. Example: npx @admit-one/cli audit explain from=-1h reason=origin_blocked',
    )
    .argument('[words...]', 'from (the last hour by default), to, reason');
  withOutputOptions(explain, 'print the reply as one line of JSON').action(
    (words: readonly string[], options: OutputOptions, command: Command) =>
      explainRejections(words, options, context.connect(command), context),
  );
}

const columns: readonly Column[] = [
  { title: 'dimension' },
  { title: 'value' },
  { title: 'count', align: 'right' },
  { title: 'share', align: 'right' },
  { title: 'before', align: 'right' },
  { title: 'lift', align: 'right' },
  { title: 'known', align: 'right' },
];

async function explainRejections(
  words: readonly string[],
  options: OutputOptions,
  api: AuditApi,
  { terminal, done }: AuditContext,
): Promise<void> {
  const parameters = parametersOf(words);
  const reply = await api.json<ExplainReply>('explain', explainMembers, { parameters });
  const { total, baselineTotal, findings: causes, runbook } = reply;
  const compared = baselineTotal !== 0;
  if (total === 0) done(exitCodes.notFound);
  if (options.json) return void terminal.stdout.write(jsonLine(reply));
  const writer = writerOf(terminal, options);
  if (total === 0) return writer.text('There are no such rejections in this time.');
  const common = sentenceOf(causes.length > 0, compared);
  const reasons = await countReasons(parameters, api);
  if (reasons.length === 0) writer.text(`${counted(total, 'rejection')}. ${common}`);
  else {
    writer.text(`${counted(total, 'rejection')}:`);
    writer
      .table([{ title: 'reason' }, { title: 'count', align: 'right' }])
      .rows(
        reasons.map(([reason, count]) => [
          { text: reason, style: styleOfReason(reason) },
          { text: `${count}` },
        ]),
      );
    writer.text(common);
  }
  writer
    .table(columns)
    .rows(
      causes.map(({ dimension, value, count, known, share, baselineShare, lift }) => [
        { text: textOf(dimension) },
        { text: textOf(value), style: 'warning' },
        { text: textOf(count) },
        { text: percentText(share) },
        { text: compared ? percentText(baselineShare) : '' },
        { text: !compared ? '' : typeof lift === 'number' ? `${lift.toFixed(1)} ×` : 'new' },
        { text: known === undefined ? '' : textOf(known) },
      ]),
    );
  for (const line of runbookLines(runbook)) writer.text(line);
}

function sentenceOf(found: boolean, compared: boolean): string {
  if (!compared)
    return `There are no events in the hour before to compare with. ${found ? 'What they have in common:' : 'They have nothing in common.'}`;
  return found
    ? 'What they have in common, against the hour before:'
    : 'They have nothing in common that stands out against the hour before.';
}

/** How many rejections have each reason, the most frequent first. None where one reason was asked for: it has all. */
async function countReasons(
  parameters: Parameters,
  api: AuditApi,
): Promise<readonly (readonly [reason: string, count: number])[]> {
  if (parameters.filter(([name]) => name === 'reason').length === 1) return [];
  const { rows } = await api.json<SummaryReply>('summary', summaryMembers, {
    parameters: [...parameters, ['by', 'reason'], ['interval', '1d']],
  });
  const counts = new Map<string, number>();
  for (const { reason, count } of rows)
    if (typeof reason === 'string') counts.set(reason, (counts.get(reason) ?? 0) + (Number(count) || 0));
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The runbook's lines, whatever its form. */
function runbookLines(runbook: unknown): readonly string[] {
  if (runbook === null || runbook === undefined || runbook === '') return [];
  if (Array.isArray(runbook)) return runbook.flatMap(runbookLines);
  if (typeof runbook === 'object')
    return Object.entries(runbook).map(([name, value]) => `${name}: ${runbookLines(value).join(' ')}`);
  return textOf(runbook).split('\n');
}
