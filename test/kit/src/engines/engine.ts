import { type TemporaryDirectory, temporaryDirectory } from '../temporary-directory.ts';
import type { EngineProcess } from './engine-process.ts';
import { type HeldPort, LOOPBACK, startOnFreePort } from './held-port.ts';
import { type Command, launch } from './launch.ts';

/** A real server on a port of the loopback interface that stays its own, with its data in a temporary folder. */
export interface Engine {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Its folder, which goes with `stop`. */
  readonly folder: string;
  readonly isRunning: boolean;
  /** Of its main process, or of the last one where it does not run. */
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

/** Starts an engine on a free port. @throws {Error} with what the program wrote, where it does not start */
export async function startEngine(definition: EngineDefinition): Promise<Engine> {
  const directory = await temporaryDirectory();
  try {
    await definition.prepare(directory.path);
    const { held, started } = await startOnFreePort((port) => run(definition, directory.path, port));
    return ownEngine(definition, directory, held, started);
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

function run(definition: EngineDefinition, folder: string, port: number): Promise<EngineProcess> {
  return launch(definition.command(folder, port), definition.ready);
}

function ownEngine(
  definition: EngineDefinition,
  directory: TemporaryDirectory,
  { port, release }: HeldPort,
  first: EngineProcess,
): Engine {
  let current = first;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await current.end(definition.stopSignal);
    await directory.remove();
    await release();
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
      return current.pid;
    },
    pause: () => current.pause(),
    resume: () => current.resume(),
    kill: () => current.kill(),
    async start() {
      if (stopping) throw new Error(`${current.program} has been stopped for good`);
      if (!current.hasEnded) throw new Error(`${current.program} runs already`);
      current = await run(definition, directory.path, port);
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
