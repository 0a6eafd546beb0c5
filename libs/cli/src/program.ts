import { Command, CommanderError } from 'commander';
import { addAuditCommand } from './audit/audit-command.ts';
import { CommandError, type ExitCode, exitCodes } from './command-error.ts';
import { addCompletionCommand } from './completion/completion-command.ts';
import { addConnectCommand } from './connect/connect-command.ts';
import { addControlCommands } from './control/control-commands.ts';
import { addDoctorCommand } from './doctor/doctor-command.ts';
import { addDrillCommand } from './drill/drill-command.ts';
import { addKeysCommand } from './keys/keys-command.ts';
import { addProbeCommand } from './probe/probe-command.ts';
import { addStreamCommand } from './stream/stream-command.ts';
import { printable, type Terminal } from './terminal.ts';
import { addTokenCommand } from './token/token-command.ts';
import { ownVersion } from './version.ts';

/** Runs `admit` and returns its exit code. A `CommandError` is one line on stderr. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.success;
  const program = createProgram(terminal);
  const done = (code: ExitCode) => {
    exitCode = code;
  };
  addConnectCommand(program, terminal, done);
  addProbeCommand(program, terminal, done);
  addDrillCommand(program, terminal, done);
  addTokenCommand(program, terminal);
  addKeysCommand(program, terminal);
  addDoctorCommand(program, terminal, done);
  addStreamCommand(program, terminal);
  addAuditCommand(program, terminal, done);
  addControlCommands(program, terminal, done);
  addCompletionCommand(program, terminal);
  try {
    await program.parseAsync(codesLast(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    if (!(error instanceof CommandError)) throw error;
    terminal.stderr.write(`[admit] ${printable(error.message)}\n`);
    return error.exitCode;
  }
}

/** The first characters of a support code, where they are not the name of an option. */
const HYPHEN_CODE = /^-(?!-)[\w-]{7,42}$|^--(?=.*[A-Z\d_])[\w-]{6,41}$/;

/** A support code, or the id of an entry, may begin with a hyphen: it goes behind `--`, where it is no option. */
function codesLast(args: readonly string[]): readonly string[] {
  if (!/^(audit|why|undo)$/.test(args[0] ?? '') || args.includes('--')) return args;
  const isCode = (arg: string) => HYPHEN_CODE.test(arg);
  return [...args.filter((arg) => !isCode(arg)), '--', ...args.filter(isCode)];
}

function createProgram({ stdout, stderr }: Terminal): Command {
  return new Command('admit')
    .description(
      'Opens WebSockets with single-use tickets, once, as a probe or through an outage on purpose, signs tokens for trying that out, makes keys, checks settings and engines, looks after the event stream, searches the audit log, and revokes sessions.',
    )
    .version(ownVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(--help lists all options)');
}
