import { type ExecFileOptions, execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';

/** What a bench ran on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** As they say themselves. */
  readonly engines: readonly string[];
  /** How many processes wanted a core in the minute before: anything near one distorts the figures. */
  readonly loadBefore: number;
}

const run = promisify(execFile);

/** @param engines the processes of those that the bench runs on, by the names of their programs */
export async function describeMachine(
  engines: Readonly<Record<string, number>>,
  loadBefore: number,
): Promise<Machine> {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    node: process.version,
    engines: await Promise.all(Object.entries(engines).map(versionOf)),
    loadBefore,
  };
}

/** One program may be several, and go by its name. */
async function versionOf([argv0, pid]: readonly [string, number]): Promise<string> {
  const program = await realpath(`/proc/${pid}/exe`);
  const { stdout } = await run(program, ['--version'], { argv0, env: {} } as ExecFileOptions);
  return `${argv0} ${/\d+(\.\d+)+/.exec(`${stdout}`)?.[0] ?? 'of unknown version'}`;
}
