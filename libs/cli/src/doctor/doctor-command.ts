import type { ServiceName } from '@admit-one/diagnostics';
import { type Command, Option } from 'commander';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';

/** Spelled out here: the package that has them loads every engine's client. */
const services: readonly (ServiceName | 'all')[] = [
  'ticket-service',
  'ws-edge',
  'audit-service',
  'all',
  'standalone',
];

/** Adds `admit doctor`. @param done receives the exit code */
export function addDoctorCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description(
      'Checks the settings in the environment, and everything that they name: what is wrong, and what to do.\n' +
        'Exits with 1 if there is an error, else with 0.\n' +
        'With --token -, explains a token against these settings: whether it is accepted, why not, and what to set.\n' +
        'Exits with 0 if it is accepted, else with 1.',
    )
    .addOption(
      new Option('--service <name>', 'the service that the settings are for')
        .choices(services)
        .default('all'),
    )
    .option(
      '--metrics <url...>',
      'metrics of running processes, to find proxies that TRUSTED_PROXIES does not list',
      collectUrl,
      [],
    )
    .addOption(
      new Option('--token <->', 'explain the token (JWT) on standard input')
        .argParser(requireStdin)
        .conflicts('metrics'),
    )
    .option('--json', 'print an array of diagnostics')
    .action(async ({ service, metrics, token, json = false }) => {
      // Loads every engine's client, which no other command needs.
      const { checkServices, explainTokenFromStdin } = await import('./doctor.ts');
      done(
        token === undefined
          ? await checkServices({ service, metrics, json }, terminal)
          : await explainTokenFromStdin({ service, json }, terminal),
      );
    });
}

/** The value may contain a password, so the error does not repeat it. */
function collectUrl(text: string, collected: readonly URL[]): readonly URL[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new CommandError(
      '--metrics takes http or https URLs, like http://localhost:9464/metrics.',
      exitCodes.usage,
    );
  return [...collected, url];
}

function requireStdin(text: string): '-' {
  if (text !== '-')
    throw new CommandError(
      '--token takes only -, because other users can see arguments and shells store them. Pipe the token in (npx @admit-one/cli doctor --token - < token.txt), or paste it and press Ctrl-D.',
      exitCodes.usage,
    );
  return text;
}
