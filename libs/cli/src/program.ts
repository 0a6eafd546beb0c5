import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAuditCommand } from './audit/audit-command.ts';
import { CommandError, type ExitCode, exitCodes } from './command-error.ts';
import { addConnectCommand } from './connect/connect-command.ts';
import { addDoctorCommand } from './doctor/doctor-command.ts';
import { addStreamCommand } from './stream/stream-command.ts';
import { printable, type Terminal } from './terminal.ts';
import { addTokenCommand } from './token/token-command.ts';

/** Runs `admit` and returns its exit code. A `CommandError` is one line on stderr. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.success;
  const program = createProgram(terminal);
  const done = (code: ExitCode) => {
    exitCode = code;
  };
  addConnectCommand(program, terminal, done);
  addTokenCommand(program, terminal);
  addDoctorCommand(program, terminal, done);
  addStreamCommand(program, terminal);
  addAuditCommand(program, terminal, done);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    if (!(error instanceof CommandError)) throw error;
    terminal.stderr.write(`[admit] ${printable(error.message)}\n`);
    return error.exitCode;
  }
}

function createProgram({ stdout, stderr }: Terminal): Command {
  return new Command('admit')
    .description(
      'Opens WebSockets with single-use tickets, signs tokens for trying that out, checks settings and engines, and makes room in the event stream.',
    )
    .version(ownVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(--help lists all options)');
}

function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
