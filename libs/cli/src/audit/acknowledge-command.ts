import { type AcknowledgementKind, acknowledgementKinds } from '@admit-one/core';
import { Argument, type Command } from 'commander';
import type { AuditApi } from './api/audit-api.ts';
import { type AcknowledgementReply, acknowledgementMembers } from './api/replies.ts';
import type { AuditContext } from './audit-context.ts';
import { textOf } from './output/event-rows.ts';

/** Adds `admit audit acknowledge`. */
export function addAcknowledgeCommand(audit: Command, context: AuditContext): void {
  audit
    .command('acknowledge')
    .description(
      'Takes what the audit log lacks now out of the counts of completeness. Needs the scope audit:acknowledge; is recorded.',
    )
    .addArgument(new Argument('<kind>', 'what completeness names').choices(acknowledgementKinds))
    .argument(
      '<names...>',
      'partition keys, subjects of dead letters, or generations of the stream; all for the same reason',
    )
    .requiredOption('--reason <text>', 'why it is known, for example the incident number')
    .action(
      async (
        kind: AcknowledgementKind,
        names: string[],
        { reason }: { reason: string },
        command: Command,
      ) => {
        const api = context.connect(command);
        for (const name of names) await acknowledge({ kind, name, reason }, api, context);
      },
    );
}

async function acknowledge(
  body: { readonly kind: AcknowledgementKind; readonly name: string; readonly reason: string },
  api: AuditApi,
  { progress }: AuditContext,
): Promise<void> {
  const { kind, name, operator } = await api.json<AcknowledgementReply>(
    'completeness/acknowledgements',
    acknowledgementMembers,
    { body },
  );
  progress.info(`acknowledged ${textOf(kind)} ${textOf(name)} as ${textOf(operator)}`);
}
