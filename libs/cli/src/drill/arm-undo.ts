import { type ChildProcess, exec, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { CommandError, exitCodes } from '../command-error.ts';

const COMMAND_TIMEOUT_MS = 120_000;

/** Runs a command of the operator in a shell. @throws {CommandError} where it fails */
export async function runCommand(option: string, command: string): Promise<void> {
  await promisify(exec)(command, { timeout: COMMAND_TIMEOUT_MS }).catch(
    (error: Error & { stderr?: string; code?: unknown }) => {
      const said = error.stderr?.trim().split('\n').at(-1) || error.message;
      throw new CommandError(`The command of ${option} failed (${error.code}): ${said}`, exitCodes.failure, {
        cause: error,
      });
    },
  );
}

/** A command that will run once, however this process ends. */
export interface Undo {
  /** Runs it now, or waits for its end; @throws {CommandError} where it fails */
  run(): Promise<void>;
}

/**
 * Starts a shell that waits for the end of its input, which comes when it is asked for or when this process is gone,
 * `SIGKILL` included, and runs the command then. It has its own session: Ctrl-C does not reach it.
 */
export async function armUndo(command: string): Promise<Undo> {
  const shell: ChildProcess = spawn('sh', ['-c', 'cat > /dev/null; exec sh -c "$0"', command], {
    stdio: ['pipe', 2, 2],
    detached: true,
  });
  await once(shell, 'spawn');
  const ended = once(shell, 'close');
  return {
    async run() {
      shell.stdin?.end();
      const [code, signal] = await ended;
      if (code !== 0)
        throw new CommandError(
          `The command of --undo failed (${code ?? signal}). Run it by hand: ${command}`,
          exitCodes.failure,
        );
    },
  };
}
