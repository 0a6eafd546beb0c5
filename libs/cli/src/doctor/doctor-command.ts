import { type Command, Option } from 'commander';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { STANDALONE, serviceNames } from './service-names.ts';

/** Adds `admit doctor`. @param done takes the exit code */
export function addDoctorCommand(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description(
      'Checks the settings in the environment, and everything that they name: what is wrong, and what to do.\n' +
        'Ends with 1 where there is a fault, else with 0.\n' +
        'With --token -, explains a token against these settings: whether it is accepted, why not, and what to set.\n' +
        'Ends with 0 where it is accepted, else with 1.',
    )
    .addOption(
      new Option('--service <name>', 'whose settings they are')
        .choices([...serviceNames, 'all', STANDALONE])
        .default('all'),
    )
    .option(
      '--metrics <url...>',
      'the metrics of running processes, to look for proxies that TRUSTED_PROXIES leaves out',
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
      if (token !== undefined) {
        const { explainToken } = await import('./token-doctor.ts');
        done(await explainToken({ service, json }, terminal));
        return;
      }
      const services = service === 'all' ? serviceNames : [service];
      // What it needs of services and engines is much to load, and no other command needs it.
      const { doctor } = await import('./doctor.ts');
      done(await doctor({ services, metrics, json }, terminal));
    });
}

/** Its value may hold a password, so a fault does not repeat it. */
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
      '--token takes - alone, as others on this machine can see arguments, and shells keep them: pipe the token in, as in admit doctor --token - < token.txt, or paste it and press Ctrl-D.',
      exitCodes.usage,
    );
  return text;
}
