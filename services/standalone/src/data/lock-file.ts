import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type LockAttempt =
  | { readonly acquired: true; readonly release: () => Promise<void> }
  | { readonly acquired: false; readonly holder: number };

interface Holder {
  readonly pid: number;
  /** The start time of the process, from the kernel: a pid is reused, a pid with its start time is not. */
  readonly startedAt: string | null;
}

const RELEASED = '';

/**
 * Acquires the lock of a directory, if necessary from a process that has died.
 *
 * The lock is the file `lock.<n>` with the highest n. A process that finds it released, or its holder dead, creates
 * `lock.<n+1>`, which only one process can. It has the lock if its file is still the highest then. The highest file is
 * never removed, so two processes that take over the same dead lock cannot both succeed.
 */
export async function acquireLock(directory: string): Promise<LockAttempt> {
  const mine: Holder = { pid: process.pid, startedAt: await startOf(process.pid) };
  for (;;) {
    const last = await highest(directory);
    const holder = last === 0 ? undefined : await holderOf(fileOf(directory, last));
    if (holder && (await isAlive(holder))) return { acquired: false, holder: holder.pid };

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

/** Creates the file together with its content, so that no reader sees a partial file; false where it exists. */
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

/** The holder of a lock file; undefined where it was released, is gone, or has another format. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, 'utf8')) ?? {};
    return Number.isInteger(pid) && pid > 0 ? { pid, startedAt: startedAt ?? null } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const current = await startOf(pid);
  return current === null || startedAt === null || current === startedAt;
}

/** The boot id and clock tick of a process start (proc(5), field 22 of stat); null where the kernel does not provide them. */
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
