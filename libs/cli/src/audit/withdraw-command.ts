import type { Command } from 'commander';
import type { AuditContext } from './audit-context.ts';
import { textOf } from './output/event-rows.ts';

interface WithdrawReply {
  readonly tokenId: unknown;
  readonly operator: unknown;
}

/** Adds `admit audit withdraw`. */
export function addWithdrawCommand(audit: Command, context: AuditContext): void {
  audit
    .command('withdraw')
    .description(
      'Withdraws a break-glass token: no audit-service accepts it any more. Needs the scope tickets:revoke; is recorded.',
    )
    .argument('<id>', 'the id of the token, as its first use is recorded with')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (tokenId: string, { reason }: { reason: string }, command: Command) => {
      const body = { tokenId, reason };
      const reply = await context
        .connect(command)
        .json<WithdrawReply>('break-glass/withdrawals', ['tokenId', 'operator'], { body });
      context.progress.info(`withdrew ${textOf(reply.tokenId)} as ${textOf(reply.operator)}`);
    });
}
