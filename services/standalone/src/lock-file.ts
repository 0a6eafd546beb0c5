import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type LockAttempt =
  | { readonly acquired: true; readonly release: () => Promise<void> }
  | { readonly acquired: false; readonly holder: number };

interface Holder {
  readonly pid: number;
  /** When that process started, as the kernel tells it: pids are used again, these pairs are not. */
  readonly startedAt: string | null;
}

const RELEASED = '';

/**
 * Takes the lock of a directory, over from a process that has died if need be.
 *
 * The lock is the file `lock.<n>` with the highest n. Whoever finds that one released, or its holder dead, may create
 * `lock.<n+1>`, which only one can; it holds if it then still is the highest. The highest is never removed, so two
 * who take over the same dead lock at once cannot both have it.
 */
export async function acquireLock(directory: string): Promise<LockAttempt> {
  const mine: Holder = { pid: process.pid, startedAt: await startOf(process.pid) };
  for (;;) {
    const last = await highest(directory);
    const holder = last === 0 ? undefined : await holderOf(fileOf(directory, last));
    if (holder && (await lives(holder))) return { acquired: false, holder: holder.pid };

    const n = last + 1;
    if (!(await create(fileOf(directory, n), JSON.stringify(mine)))) continue;
    if ((await highest(directory)) !== n) {
      await rm(fileOf(directory, n), { force: true });
      continue;
    }
    if (last > 0) await rm(fileOf(directory, last), { force: true });
    return { acquired: true, release: () => replace(fileOf(directory, n), RELEASED) };
  }
}

function fileOf(directory: string, n: number): string {
  return join(directory, `lock.${n}`);
}

async function highest(directory: string): Promise<number> {
  const numbers = (await readdir(directory)).map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Creates the file with its content at once, so that nobody reads half of it; false where there is one. */
async function create(file: string, content: string): Promise<boolean> {
  const draft = await writeDraft(file, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(file: string, content: string): Promise<void> {
  await rename(await writeDraft(file, content), file);
}

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  return draft;
}

/** Who holds a lock file; undefined where it was released, is gone, or was not written by us. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, 'utf8')) ?? {};
    return Number.isInteger(pid) && pid > 0 ? { pid, startedAt: startedAt ?? null } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function lives({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const current = await startOf(pid);
  return current === null || startedAt === null || current === startedAt;
}

/** The boot and clock tick that a process started at, where the kernel tells them (proc(5), field 22 of stat). */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}
