import { readdirSync, readFileSync } from 'node:fs';

/** `USER_HZ` of proc(5): 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Usage {
  readonly parent: number;
  /** Of all its threads, and of the children that it has waited for; in ticks. */
  readonly ticks: number;
}

/** The CPU time that processes and all their descendants have used until now, in microseconds; to 10,000 of them exact. */
export function cpuMicroseconds(pids: readonly number[]): readonly number[] {
  const usages = usagesNow();
  const childrenOf = (pid: number) =>
    [...usages].filter(([, { parent }]) => parent === pid).map(([child]) => child);
  const ticksOf = (pid: number): number =>
    (usages.get(pid)?.ticks ?? 0) + childrenOf(pid).reduce((sum, child) => sum + ticksOf(child), 0);
  return pids.map((pid) => (ticksOf(pid) * 1e6) / TICKS_PER_SECOND);
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
    const ticks = fields.slice(11, 15).reduce((sum, spent) => sum + spent, 0);
    return { parent, ticks };
  } catch {
    return undefined;
  }
}

/** The memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
