import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@admit-one/runtime';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** The permission bits of group and others. */
const OTHERS = 0o077;

/**
 * Makes a directory, and all that is in it, accessible to its owner only: others could have read, or replaced, keys in it.
 * @param directory a real path
 * @throws {StartError} where something in it belongs to another user, is a symbolic link, or has a mode that cannot be changed
 */
export async function restrictDirectory(directory: string): Promise<void> {
  await restrict(directory, { isRoot: true });
}

async function restrict(path: string, { isRoot }: { readonly isRoot: boolean }): Promise<void> {
  const stats = await lstat(path);
  // The superuser runs in volumes that belong to others, and can close them.
  if (!isOurs(stats.uid) && !(isRoot && process.getuid?.() === 0))
    throw new StartError(
      `${path} belongs to user ${stats.uid}, not to the user of this process: change its owner, or set DATA_DIR to a new directory.`,
    );
  if (stats.isSymbolicLink())
    throw new StartError(
      `${path} is a symbolic link: replace it by what it points to, or set DATA_DIR to a new directory.`,
    );
  if ((stats.mode & OTHERS) !== 0) await chmod(path, stats.isDirectory() ? DIRECTORY_MODE : FILE_MODE);
  if (!stats.isDirectory()) return;
  for (const name of await readdir(path)) {
    await restrict(join(path, name), { isRoot: false }).catch((error: NodeJS.ErrnoException) => {
      // Another process that tries for the lock writes a draft, and removes it.
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

function isOurs(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
