import { within } from '../within.ts';
import { guardProcesses } from './guard.ts';
import { freeze, gone, signal } from './process-tree.ts';

/** One run of an engine's program. It ends at the latest when this process does. */
export interface EngineProcess {
  readonly program: string;
  readonly pid: number;
  readonly hasEnded: boolean;
  /** Stops it and its children. @throws {Error} where it has ended */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** `SIGKILL` to it and its children; resolves when all are gone. */
  kill(): Promise<void>;
  /** Asks it to end with this signal, and kills it where it does not in time. */
  end(by: NodeJS.Signals): Promise<void>;
}

const END_WITHIN_MS = 10_000;

/** Takes hold of a running process; `ended` is the end that its parent sees. */
export function controlProcess(program: string, pid: number, ended: Promise<void>): EngineProcess {
  let hasEnded = false;
  let paused: Promise<Pause> | undefined;
  const isOver = ended.then(guardProcesses([pid])).then(() => {
    hasEnded = true;
  });

  function pause(): Promise<Pause> {
    if (hasEnded) throw new Error(`${program} does not run`);
    paused ??= freeze(pid).then(holdPaused);
    return paused;
  }

  async function resume(): Promise<void> {
    (await paused)?.end('SIGCONT');
    paused = undefined;
  }

  async function kill(): Promise<void> {
    if (hasEnded) return;
    const { pids, end } = await pause();
    end('SIGKILL');
    await Promise.all([isOver, ...pids.map(gone)]);
  }

  return {
    program,
    pid,
    get hasEnded() {
      return hasEnded;
    },
    async pause() {
      await pause();
    },
    resume,
    kill,
    async end(by) {
      await resume();
      if (hasEnded) return;
      signal(pid, by);
      await within(isOver, `the end of ${program}`, END_WITHIN_MS).catch(kill);
    },
  };
}

interface Pause {
  readonly pids: readonly number[];
  end(by: 'SIGCONT' | 'SIGKILL'): void;
}

/** A paused child does not notice that its parent is gone, so the guard must know each. */
function holdPaused(pids: readonly number[]): Pause {
  const lift = guardProcesses(pids);
  return {
    pids,
    end(by) {
      for (const pid of pids.toReversed()) signal(pid, by);
      lift();
    },
  };
}
