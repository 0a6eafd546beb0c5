import { type Command, Option } from 'commander';
import { CommandError, exitCodes } from '../command-error.ts';
import { parseSeconds } from '../parse-seconds.ts';
import type { Terminal } from '../terminal.ts';
import { signBreakGlass } from './break-glass.ts';
import { addNewKeyCommand } from './new-key-command.ts';
import { signToken } from './sign-token.ts';

const DAY_SECONDS = 86_400;

/** Adds `admit token`, and `admit token new-key` below it. */
export function addTokenCommand(program: Command, terminal: Terminal): void {
  const { stdout, env } = terminal;
  const token = program
    .command('token')
    .description(
      'Prints a token signed with the keys of a local server, for trying things out;\n' +
        "or, with --break-glass, one that reads the audit log when the operators' login is down.",
    )
    .option('--operator', 'a token of an operator, who may read the audit log')
    .option('--user <id>', 'sub of the token (default: "test-user", "operator" or "break-glass")')
    .addOption(
      new Option('--session <id>', 'session id of the token (default: random)').conflicts('operator'),
    )
    .addOption(
      new Option('--scope <words>', 'scope of the token; "probe" marks its events as synthetic').conflicts(
        'operator',
      ),
    )
    .option('--ttl <seconds>', 'lifetime of the token', parseSeconds(1, 365 * DAY_SECONDS), 3600)
    .option('--data-dir <directory>', 'data directory of the server', env.DATA_DIR || '.data')
    .addOption(
      new Option('--break-glass', 'a token signed offline, with a lifetime of at most a day').conflicts([
        'operator',
        'session',
        'scope',
        'dataDir',
      ]),
    )
    .option(
      '--key <file>',
      'with --break-glass: file with the private key from npx @admit-one/cli token new-key',
    )
    .option('--reason <text>', 'with --break-glass: the reason, for the log and the audit log')
    .action(async ({ operator, breakGlass, key, reason, user: subject, session, scope, ttl, dataDir }) => {
      if (!breakGlass && (key ?? reason) !== undefined)
        throw new CommandError('--key and --reason are for --break-glass.', exitCodes.usage);
      const role = operator ? 'operator' : 'user';
      const signed = breakGlass
        ? await signBreakGlass({ keyFile: key, reason, subject, ttlSeconds: ttl })
        : await signToken({ role, subject, session, scope, ttlSeconds: ttl, dataDir });
      stdout.write(`${signed}\n`);
    });
  addNewKeyCommand(token, terminal);
}
