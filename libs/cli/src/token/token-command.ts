import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, exitCodes } from '../exit-codes.ts';
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
      'Prints a token signed with the keys of a local server, to try things out with;\n' +
        'or, with --break-glass, one that reads the audit trail when the login of operators is down.',
    )
    .option('--operator', 'a token of an operator, who may read the audit trail')
    .option('--user <id>', 'the sub of the token (default: "test-user", "operator" or "break-glass")')
    .addOption(new Option('--session <id>', 'its session (default: a new one)').conflicts('operator'))
    .option('--ttl <seconds>', 'how long it is good', parseSeconds, 3600)
    .option('--data-dir <directory>', 'where the server keeps its data', env.DATA_DIR || '.data')
    .addOption(
      new Option('--break-glass', 'a token made offline, good for a day at most').conflicts([
        'operator',
        'session',
        'dataDir',
      ]),
    )
    .option('--key <file>', 'with --break-glass: the private key, of admit token new-key')
    .option('--reason <text>', 'with --break-glass: why, for the log and the audit trail')
    .action(async ({ operator, breakGlass, key, reason, user: subject, session, ttl, dataDir }) => {
      if (!breakGlass && (key ?? reason) !== undefined)
        throw new CommandError('--key and --reason are for --break-glass.', exitCodes.usage);
      const role = operator ? 'operator' : 'user';
      const signed = breakGlass
        ? await signBreakGlass({ keyFile: key, reason, subject, ttlSeconds: ttl })
        : await signToken({ role, subject, session, ttlSeconds: ttl, dataDir });
      stdout.write(`${signed}\n`);
    });
  addNewKeyCommand(token, terminal);
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 365 * DAY_SECONDS)
    throw new InvalidArgumentError('It must be a whole number of seconds, from 1 to a year.');
  return seconds;
}
