import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const kept = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.admit-one');
const inThisProcess = new Map<string, Promise<string>>();

/**
 * Gives a directory that is made once and kept for later runs: to copy, not to change. Its name says what its content
 * depends on. @param make makes the directory at the path that it is given
 */
export function keptDirectory(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const known = inThisProcess.get(name) ?? keepDirectory(join(kept, name), make);
  inThisProcess.set(name, known);
  return known;
}

async function keepDirectory(path: string, make: (path: string) => Promise<void>): Promise<string> {
  if (await exists(path)) return path;
  await mkdir(kept, { recursive: true });
  const own = await mkdtemp(`${path}-`);
  try {
    await make(join(own, 'made'));
    // Where another process was faster, its directory stays.
    await rename(join(own, 'made'), path).catch(() => {});
  } finally {
    await rm(own, { recursive: true });
  }
  return path;
}

/** Copies a directory with owners and modes, to where nothing is yet. `fs.cp` takes ten times the CPU time. */
export async function copyDirectory(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to]);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
