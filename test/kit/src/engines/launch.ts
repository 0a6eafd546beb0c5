import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../within.ts';
import { controlProcess, type EngineProcess } from './engine-process.ts';
import { PortInUse } from './held-port.ts';

/** What to run. It inherits no environment: an engine is what its definition says. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whom to run it as, for programs that do not run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const OUTPUT_KEPT = 16_384;

/**
 * Runs a program until it has written that it is ready.
 * @throws {PortInUse}
 * @throws {Error} with the end of what it wrote, where it ends or says nothing in time; it is gone then
 */
export async function launch(command: Command, ready: RegExp): Promise<EngineProcess> {
  const { program, args, cwd, user, env = {} } = command;
  const child = spawn(program, args, { cwd, ...user, stdio: ['ignore', 'pipe', 'pipe'], env });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${program} has no process`);
  const running = controlProcess(program, child.pid, ended);
  let output = '';
  const readiness = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-OUTPUT_KEPT);
        if (ready.test(output)) resolve();
      });
  });
  const failure = ended.then(() => {
    throw new Error('it ended');
  });
  try {
    await within(Promise.race([readiness, failure]), 'its readiness');
    failure.catch(() => {});
    return running;
  } catch (error) {
    await running.kill();
    if (/address already in use/i.test(output)) throw new PortInUse(`${program}: ${output}`);
    throw new Error(`${program} did not start: ${error}\n${output}`, { cause: error });
  }
}
