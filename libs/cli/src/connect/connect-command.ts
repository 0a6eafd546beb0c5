import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../command-error.ts';
import { DEFAULT_URL, parseBaseUrl } from '../http/base-url.ts';
import type { Terminal } from '../terminal.ts';
import { connect, type RetryPolicy } from './connect.ts';
import { readUserToken } from './token.ts';

/** Adds `admit connect`. @param done receives the exit code */
export function addConnectCommand(
  program: Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  program
    .command('connect')
    .description(
      'Opens a WebSocket as a browser does: token, ticket, connection.\n' +
        'Sends each line of the input as a message, and prints each message as a line.',
    )
    .addOption(
      new Option('--url <url>', 'URL of the server')
        .argParser(parseBaseUrl)
        .default(new URL(DEFAULT_URL), DEFAULT_URL),
    )
    .addOption(
      new Option(
        '--token <jwt>',
        'bearer token; --token-file and ADMIT_TOKEN keep it out of the process list (default: an anonymous session)',
      ).conflicts('tokenFile'),
    )
    .option('--token-file <file>', 'file with the bearer token')
    .option('--route <name>', 'the route to connect to', parseRoute)
    .addOption(
      new Option('--carrier <kind>', 'how to send the ticket')
        .choices(['subprotocol', 'query'])
        .default('subprotocol'),
    )
    .option('--origin <origin>', 'Origin to send, as a browser does')
    .option(
      '--linger <ms>',
      'how long to wait for replies after the end of the input',
      parseMilliseconds,
      500,
    )
    .option('--reconnect', 'retry until connected, and whenever the connection is lost')
    .option(
      '--no-reconnect',
      'exit after the first failure or connection (default on a terminal: reconnect when the connection is lost)',
    )
    .option('--verbose', 'print more about each step')
    .action(async ({ token, tokenFile, linger, reconnect, ...options }) => {
      const userToken = await readUserToken({ token, tokenFile, env: terminal.env });
      const retry = retryPolicyOf(reconnect, terminal);
      done(await connect({ ...options, userToken, retry, lingerMs: linger }, terminal));
    });
}

/** A script must end. A person at a terminal wants to see the server return, but first what is wrong. */
function retryPolicyOf(reconnect: boolean | undefined, { stdin }: Terminal): RetryPolicy {
  if (reconnect === undefined) return stdin.isTTY ? 'once-connected' : 'never';
  return reconnect ? 'always' : 'never';
}

export function parseRoute(text: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(text))
    throw new InvalidArgumentError('It must be up to 32 lower-case letters, digits and hyphens.');
  return text;
}

function parseMilliseconds(text: string): number {
  const milliseconds = Number(text);
  if (text === '' || !Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > 2 ** 31 - 1)
    throw new InvalidArgumentError('It must be a whole number of milliseconds.');
  return milliseconds;
}
