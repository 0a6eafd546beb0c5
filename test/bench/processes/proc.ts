import { readdirSync, readFileSync } from 'node:fs';

/** `USER_HZ` of proc(5): 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Usage {
  readonly parent: number;
  /** Of all its threads, ended or not. */
  readonly ownTicks: number;
  /** Of the children that it has waited for. */
  readonly endedTicks: number;
}

/**
 * The CPU time that processes and all their descendants have used until now, in microseconds. That of threads and processes
 * that have ended is exact to 10,000 of them.
 */
export function cpuMicroseconds(pids: readonly number[]): readonly number[] {
  const usages = usagesNow();
  const childrenOf = (pid: number) =>
    [...usages].filter(([, { parent }]) => parent === pid).map(([child]) => child);
  const usedBy = (pid: number): number => {
    const usage = usages.get(pid);
    if (!usage) return 0;
    const own = Math.max(microseconds(usage.ownTicks), runningMicroseconds(pid));
    return childrenOf(pid).reduce((sum, child) => sum + usedBy(child), own + microseconds(usage.endedTicks));
  };
  return pids.map(usedBy);
}

function microseconds(ticks: number): number {
  return (ticks * 1e6) / TICKS_PER_SECOND;
}

function usagesNow(): ReadonlyMap<number, Usage> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid) => {
      const usage = usageOf(pid);
      return usage ? [[Number(pid), usage]] : [];
    }),
  );
}

/** Of what follows the name, which may hold anything, in proc(5)'s `stat`. */
function usageOf(pid: string): Usage | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { parent, ownTicks: user + system, endedTicks: endedUser + endedSystem };
  } catch {
    return undefined;
  }
}

/** What the threads of a process that have not ended have used, by the scheduler's own clock; 0 where it keeps none. */
function runningMicroseconds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return sum + Number(nanoseconds) / 1000;
    }, 0);
  } catch {
    return 0;
  }
}

/** The memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
