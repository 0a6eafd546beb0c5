import type { Command } from 'commander';
import { type AlertsReply, alertsMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { textOf } from './output/event-rows.ts';
import { counted } from './output/numbers.ts';
import { jsonLine, type OutputOptions, withOutputOptions, writerOf } from './output/output.ts';
import type { CellStyle } from './output/table.ts';

/** Adds `admit audit alerts`. */
export function addAlertsCommand(audit: Command, context: AuditContext): void {
  const alerts = audit
    .command('alerts')
    .description('Lists the alerts that fire, may fire soon, or resolved within a day.');
  withOutputOptions(alerts, 'print the reply as one line of JSON').action(
    async (options: OutputOptions, command: Command) => {
      const { terminal } = context;
      const reply = await context.connect(command).json<AlertsReply>('alerts', alertsMembers);
      if (options.json) terminal.stdout.write(jsonLine(reply));
      else writeAlerts(reply, context, options);
    },
  );
}

const styles: Readonly<Record<string, CellStyle>> = { firing: 'bad', pending: 'warning', resolved: 'dim' };

function writeAlerts(
  { evaluatedAt, alerts }: AlertsReply,
  { terminal, progress }: AuditContext,
  options: OutputOptions,
): void {
  const writer = writerOf(terminal, options);
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  if (firing === 0) writer.text('No alert fires.', 'good');
  else writer.text(`${counted(firing, 'alert')} firing.`, 'bad');
  writer
    .table([
      { title: 'alert' },
      { title: 'severity' },
      { title: 'status' },
      { title: 'since' },
      { title: 'value', align: 'right' },
      { title: 'detail' },
      { title: 'explained by' },
    ])
    .rows(
      alerts.map(({ alert, severity, status, since, resolvesAt, value, detail, inhibitedBy }) => [
        { text: textOf(alert) },
        { text: textOf(severity) },
        { text: textOf(status) + endText(resolvesAt), style: styles[status] ?? 'plain' },
        { text: textOf(since) },
        { text: typeof value === 'number' ? String(Number(value.toPrecision(3))) : '' },
        { text: textOf(detail) },
        { text: textOf(inhibitedBy) },
      ]),
    );
  for (const { summary, runbook } of alerts.filter(({ status }) => status === 'firing'))
    writer.text(`${textOf(summary)}. Runbook: ${textOf(runbook)}`);
  progress.info(
    evaluatedAt === null
      ? 'no audit-service has evaluated the alerts yet'
      : `last evaluated at ${textOf(evaluatedAt)}`,
  );
}

/** That an alert only keeps firing, and until when: the time of day in UTC. */
function endText(resolvesAt: string | null | undefined): string {
  return resolvesAt ? ` until ${textOf(resolvesAt).slice(11, 19)}Z, condition over` : '';
}
