import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { connect } from './connect.ts';
import type { Persistence } from './course.ts';
import { givenToken } from './given-token.ts';

const DEERROR_URL = 'http://localhost:8080';

/** Adds `admit connect`. @param done takes the exit code */
export function addConnectCommand(
  program: Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  program
    .command('connect')
    .description(
      'Opens a WebSocket as a browser does: token, ticket, connection.\n' +
        'Sends each line of the input as a message and prints each message as a line.',
    )
    .addOption(
      new Option('--url <url>', 'where the server is')
        .argParser(parseBaseUrl)
        .default(new URL(DEERROR_URL), DEERROR_URL),
    )
    .addOption(
      new Option(
        '--token <jwt>',
        'the bearer token; --token-file or ADMIT_TOKEN keep it out of the process list (default: an anonymous session)',
      ).conflicts('tokenFile'),
    )
    .option('--token-file <file>', 'a file that holds the bearer token')
    .option('--route <name>', 'the route to connect to', parseRoute)
    .addOption(
      new Option('--carrier <kind>', 'how the ticket travels')
        .choices(['subprotocol', 'query'])
        .default('subprotocol'),
    )
    .option('--origin <origin>', 'the Origin to send, as a browser would')
    .option(
      '--linger <ms>',
      'how long to wait for replies after the end of the input',
      parseMilliseconds,
      500,
    )
    .option('--reconnect', 'try again until there is a connection, and whenever it is lost')
    .option(
      '--no-reconnect',
      'end with the first failure or connection (default: a connection that is lost is opened again where you type)',
    )
    .option('--verbose', 'tell more of each step')
    .action(async ({ token, tokenFile, linger, reconnect, ...options }) => {
      const given = await givenToken({ token, tokenFile, env: terminal.env });
      const persistence = persistenceOf(reconnect, terminal);
      done(await connect({ ...options, token: given, persistence, lingerMs: linger }, terminal));
    });
}

/** A script has to come to its end. Whoever types wants to see the server come back, but first of all what is wrong. */
function persistenceOf(reconnect: boolean | undefined, { stdin }: Terminal): Persistence {
  if (reconnect === undefined) return stdin.isTTY ? 'once-connected' : 'never';
  return reconnect ? 'always' : 'never';
}

function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError(`It must be an http or https URL, like ${DEERROR_URL}.`);
  return url;
}

function parseRoute(text: string): string {
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
