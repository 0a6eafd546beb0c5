import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../within.ts';
import { guardProcesses } from './guard.ts';

/** What to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whom to run it as, for what refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** One run of an engine's program. It ends at the latest when this process does. */
export interface EngineProcess {
  readonly program: string;
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly hasEnded: boolean;
}

/** The engine found its port in use. */
export class PortInUse extends Error {}

const OUTPUT_KEPT = 16_384;
const READY_WITHIN_MS = 20_000;

/**
 * Runs a program until it says that it is ready.
 * @throws {PortInUse}
 * @throws {Error} with the end of what it wrote, where it ends or says nothing in time; it is gone then
 */
export async function startProcess(command: Command, ready: RegExp): Promise<EngineProcess> {
  const { program, args, cwd, user } = command;
  const child = spawn(program, args, { cwd, ...user, stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  let output = '';
  let hasEnded = false;
  const readiness = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-OUTPUT_KEPT);
        if (ready.test(output)) resolve();
      });
  });
  const ended = once(child, 'close').then(() => {
    hasEnded = true;
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  ended.then(guardProcesses([pid]));
  try {
    await within(Promise.race([readiness, ended.then(failed)]), `${program}'s readiness`, READY_WITHIN_MS);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw /address already in use/i.test(output)
      ? new PortInUse(`${program}: ${output}`)
      : new Error(`${program} did not start: ${error}\n${output}`, { cause: error });
  }
  return {
    program,
    pid,
    ended,
    get hasEnded() {
      return hasEnded;
    },
  };
}

function failed(): never {
  throw new Error('it has ended');
}
