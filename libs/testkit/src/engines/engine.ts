import { temporaryDirectory } from '../temporary-directory.ts';
import { within } from '../within.ts';
import { type Command, type EngineProcess, PortInUse, startProcess } from './engine-process.ts';
import { guardProcesses } from './guard.ts';
import { type HeldPort, holdPort } from './held-port.ts';
import { freeze, gone, signal } from './process-tree.ts';

/** A real server on a port of the loopback interface that stays its own, with its data in a temporary folder. */
export interface Engine {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Its folder, which goes with `stop`. */
  readonly folder: string;
  readonly isRunning: boolean;
  /** Of its main process. @throws {Error} where it does not run */
  readonly pid: number;
  /** `SIGSTOP` to all its processes: connections stay, nothing is answered. Resolves when they stand still. */
  pause(): Promise<void>;
  /** `SIGCONT`: it goes on where it was, with what has arrived meanwhile. */
  resume(): Promise<void>;
  /** `SIGKILL`, paused or not. Resolves when every one of its processes is gone; its port and its data stay. */
  kill(): Promise<void>;
  /** After `kill`: on the same port, with the data that the folder holds. @throws {Error} where it runs */
  start(): Promise<void>;
  /** A graceful end, for good; the folder is removed. May be called again, and after `kill`. */
  stop(): Promise<void>;
}

export interface EngineDefinition {
  /** Puts what the program needs into its new folder. */
  prepare(folder: string): Promise<void>;
  command(folder: string, port: number): Command;
  url(host: string, port: number): string;
  /** What the program writes when it can be connected to. */
  readonly ready: RegExp;
  /** What makes it end without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals;
}

export const LOOPBACK = '127.0.0.1';
const PORT_TRIES = 10;
const STOP_WITHIN_MS = 10_000;

/** Starts an engine on a free port. @throws {Error} with what the program wrote, where it does not start */
export async function startEngine(definition: EngineDefinition): Promise<Engine> {
  const directory = await temporaryDirectory();
  try {
    await definition.prepare(directory.path);
    const { held, first } = await startOnFreePort(definition, directory.path);
    return ownEngine(definition, directory, held, first);
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

async function startOnFreePort(definition: EngineDefinition, folder: string, tries = 1) {
  const held = await holdPort();
  try {
    return { held, first: await run(definition, folder, held.port) };
  } catch (error) {
    await held.release();
    if (!(error instanceof PortInUse) || tries === PORT_TRIES) throw error;
    return startOnFreePort(definition, folder, tries + 1);
  }
}

function run(definition: EngineDefinition, folder: string, port: number): Promise<EngineProcess> {
  return startProcess(definition.command(folder, port), definition.ready);
}

function ownEngine(
  definition: EngineDefinition,
  directory: { readonly path: string; remove(): Promise<void> },
  held: HeldPort,
  first: EngineProcess,
): Engine {
  const { port } = held;
  let current = first;
  let paused: Promise<Pause> | undefined;
  let stopping: Promise<void> | undefined;

  function running(): EngineProcess {
    if (current.hasEnded) throw new Error(`${current.program} does not run`);
    return current;
  }

  function pause(): Promise<Pause> {
    paused ??= freeze(running().pid).then(pauseProcesses);
    return paused;
  }

  async function resume(): Promise<void> {
    (await paused)?.end('SIGCONT');
    paused = undefined;
  }

  async function kill(): Promise<void> {
    if (current.hasEnded) return;
    const { pids, end } = await pause();
    end('SIGKILL');
    await Promise.all([current.ended, ...pids.map(gone)]);
    paused = undefined;
  }

  async function end(): Promise<void> {
    await resume();
    if (!current.hasEnded) {
      signal(current.pid, definition.stopSignal);
      await within(current.ended, 'a graceful end', STOP_WITHIN_MS).catch(kill);
    }
    await directory.remove();
    await held.release();
  }

  return {
    host: LOOPBACK,
    port,
    url: definition.url(LOOPBACK, port),
    folder: directory.path,
    get isRunning() {
      return !current.hasEnded;
    },
    get pid() {
      return running().pid;
    },
    async pause() {
      await pause();
    },
    resume,
    kill,
    async start() {
      if (!current.hasEnded) throw new Error(`${current.program} runs already`);
      if (stopping) throw new Error(`${current.program} has been stopped for good`);
      current = await run(definition, directory.path, port);
    },
    stop() {
      stopping ??= end();
      return stopping;
    },
  };
}

interface Pause {
  readonly pids: readonly number[];
  end(by: 'SIGCONT' | 'SIGKILL'): void;
}

/** A paused process does not notice that its parent is gone, so each needs the guard of its own. */
function pauseProcesses(pids: readonly number[]): Pause {
  const lift = guardProcesses(pids);
  return {
    pids,
    end(by) {
      for (const pid of [...pids].reverse()) signal(pid, by);
      lift();
    },
  };
}
