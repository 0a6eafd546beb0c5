import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../eventually.ts';

/** The processes that a process has started, of those that still run. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((candidate) => statusOf(candidate)?.parent === pid);
}

/** Stops a process and its children with `SIGSTOP`. Resolves with their ids once all of them stand still. */
export async function freeze(pid: number): Promise<readonly number[]> {
  signal(pid, 'SIGSTOP');
  await standsStill(pid);
  const children = childrenOf(pid);
  for (const child of children) signal(child, 'SIGSTOP');
  await Promise.all(children.map(standsStill));
  return [pid, ...children];
}

/** Sends a signal; to a process that is gone, it does nothing. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Resolves when the process has ended, even if its parent has not reaped it. */
export async function gone(pid: number): Promise<void> {
  await eventually(() => isGone(pid), { what: `the end of process ${pid}`, everyMs: 2 });
}

export function isGone(pid: number): boolean {
  return ['X', 'Z', undefined].includes(stateOf(pid));
}

async function standsStill(pid: number): Promise<void> {
  await eventually(() => stateOf(pid) === 'T' || isGone(pid), {
    what: `the pause of process ${pid}`,
    everyMs: 2,
  });
}

/** The letter of proc(5): `T` stopped, `Z` ended but not yet waited for. */
function stateOf(pid: number): string | undefined {
  return statusOf(pid)?.state;
}

/** What follows the name in proc(5)'s `stat`; the name may hold anything. */
function statusOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const [state = '', parent] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
