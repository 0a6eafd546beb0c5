import type { RebuildReport } from '@admit-one/diagnostics';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import type { AuditContext } from './audit-context.ts';
import { counted } from './output/numbers.ts';

/** Adds `admit audit rebuild`. */
export function addRebuildCommand(audit: Command, { terminal, progress }: AuditContext): void {
  audit
    .command('rebuild')
    .description(
      'Builds the tables of the audit log again from the event stream, compares them with the current tables, and replaces the current tables.\n' +
        'Takes NATS and PostgreSQL from the environment, as the audit-service does, which may go on running.\n' +
        'Nothing changes before the end. If it is interrupted, run it again.',
    )
    .option(
      '--keep-older',
      'take over events that the stream does not have any more from the current tables, unchecked',
      false,
    )
    .action(async ({ keepOlder }: { readonly keepOlder: boolean }) => {
      const { env, interrupted: signal, stdout } = terminal;
      // Loads every engine's client, which no other command needs.
      const { rebuildAuditLog } = await import('@admit-one/diagnostics');
      try {
        const report = await rebuildAuditLog(env, { keepOlder, onProgress: progress.info, signal });
        stdout.write(`${reportText(report)}\n`);
      } catch (error) {
        const message = signal.aborted
          ? 'The rebuild was interrupted; the audit log is as it was.'
          : error instanceof Error
            ? error.message
            : String(error);
        throw new CommandError(message, exitCodes.failure, { cause: error });
      }
    });
}

function reportText({ messages, copied, same, different, onlyPresent, onlyRebuilt }: RebuildReport): string {
  const takenOver = copied > 0 ? ` and ${counted(copied, 'older event')} that were taken over` : '';
  return (
    `The audit log is rebuilt from ${counted(messages, 'message')} of the event stream${takenOver}: ` +
    `${counted(same, 'event')} as before, ${different} changed, ${onlyRebuilt} added, ${onlyPresent} dropped.`
  );
}
