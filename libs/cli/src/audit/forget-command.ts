import { Argument, type Command } from 'commander';
import { exitCodes } from '../command-error.ts';
import type { AuditContext } from './audit-context.ts';
import { counted } from './output/numbers.ts';

interface Options {
  readonly reason: string;
  readonly issuer?: string;
  readonly dryRun: boolean;
}

interface ForgetReply {
  readonly events: number;
  readonly kept: number;
}

/** Every day of a large audit log may be looked at. */
const TIMEOUT_MS = 600_000;

/** Adds `admit audit forget`. */
export function addForgetCommand(audit: Command, context: AuditContext): void {
  audit
    .command('forget')
    .description(
      'Removes what says who a user is from all their events: user, session, addresses, agents and attributes. It cannot be undone.\n' +
        'The events stay, and so do the seals over them. Needs the scope audit:forget; is recorded.\n' +
        'A user who connects again is stored again. Example: npx @admit-one/cli audit forget user alice --reason "request 17" --dry-run',
    )
    .addArgument(new Argument('<kind>', 'who is forgotten').choices(['user']))
    .argument('<id>', 'the id of the user')
    .requiredOption(
      '--reason <text>',
      'why, for example the number of the request; it must not name the user',
    )
    .option('--issuer <alias>', 'the issuer of the user, where several use the same ids')
    .option('--dry-run', 'only say how many events there are', false)
    .action(async (_kind: 'user', user: string, options: Options, command: Command) => {
      const { reason, issuer, dryRun } = options;
      const { events, kept } = await context
        .connect(command)
        .json<ForgetReply>('forget', ['events', 'kept'], {
          body: { user, reason, dryRun, ...(issuer !== undefined && { issuer }) },
          timeoutMs: TIMEOUT_MS,
        });
      const { stdout } = context.terminal;
      const removed = counted(events - kept, 'event');
      stdout.write(
        dryRun
          ? `would remove the personal values of ${removed}\n`
          : `removed the personal values of ${removed}\n`,
      );
      if (kept > 0)
        stdout.write(
          `${counted(kept, 'event')} kept theirs: sealed by an earlier version, or a revocation in force. Run it again when the revocation has ended; what is sealed goes with its day.\n`,
        );
      if (events === 0) context.done(exitCodes.notFound);
      else if (kept > 0) context.done(exitCodes.incomplete);
    });
}
