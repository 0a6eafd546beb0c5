import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { PATIENCE_MS } from '@admit-one/testkit';

const root = join(import.meta.dirname, '..', '..');

/** A program of the project, as built, in its own process. */
export interface Program {
  readonly process: ChildProcess;
  /** What it has written so far, on either stream. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the match once standard output has it; rejects if the program ends first, or it takes too long. */
  printed(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/**
 * Starts `node <file> …`, a file of the project or an absolute path, with only these variables and the PATH.
 * @param descriptors the limit of open files, by default that of this process
 */
export function runProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  descriptors?: number,
): Program {
  const command = [process.execPath, resolve(root, file), ...args];
  const limited = ['sh', '-c', 'ulimit -n "$0" && exec "$@"', `${descriptors}`, ...command];
  const [program = '', ...rest] = descriptors === undefined ? command : limited;
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return watchProgram(child);
}

/** Follows a process whose streams are pipes. */
export function watchProgram(child: ChildProcessWithoutNullStreams): Program {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);

  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    printed: (pattern, timeoutMs = PATIENCE_MS) =>
      new Promise((resolve, reject) => {
        const fail = (how: string) => reject(new Error(`${how} without ${pattern}:\n${stdout}${stderr}`));
        const late = setTimeout(fail, timeoutMs, `${timeoutMs} ms`);
        const look = () => {
          const match = pattern.exec(stdout);
          if (!match) return;
          child.stdout.off('data', look);
          clearTimeout(late);
          resolve(match);
        };
        child.stdout.on('data', look);
        child.once('close', (code) => {
          clearTimeout(late);
          fail(`ended with ${code}`);
        });
        look();
      }),
  };
}
