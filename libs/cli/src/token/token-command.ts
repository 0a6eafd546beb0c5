import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from '../terminal.ts';
import { signToken } from './sign-token.ts';

const DAY_SECONDS = 86_400;

/** Adds `admit token`. */
export function addTokenCommand(program: Command, { stdout, env }: Terminal): void {
  program
    .command('token')
    .description('Prints a token signed with the keys of a local server, to try things out with.')
    .option('--operator', 'a token of an operator, who may read the audit trail')
    .option('--user <id>', 'the sub of the token (default: "test-user", or "operator")')
    .addOption(new Option('--session <id>', 'its session (default: a new one)').conflicts('operator'))
    .option('--ttl <seconds>', 'how long it is good', parseSeconds, 3600)
    .option('--data-dir <directory>', 'where the server keeps its data', env.DATA_DIR || '.data')
    .action(async ({ operator, user, session, ttl, dataDir }) => {
      const role = operator ? 'operator' : 'user';
      const token = await signToken({ role, subject: user, session, ttlSeconds: ttl, dataDir });
      stdout.write(`${token}\n`);
    });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 365 * DAY_SECONDS)
    throw new InvalidArgumentError('It must be a whole number of seconds, from 1 to a year.');
  return seconds;
}
