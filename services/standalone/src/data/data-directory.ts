import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorMessage, StartError } from '@admit-one/runtime';
import { acquireLock } from './lock-file.ts';
import { restrictDirectory } from './restrict-directory.ts';

/** A data directory that is locked for this process. */
export interface DataDirectory {
  readonly path: string;
  unlock(): Promise<void>;
}

/**
 * Creates the directory if needed, locks it, because embedded PostgreSQL does not exclude a second process, and makes it
 * accessible to its owner only.
 * @throws {StartError} where a running process has the lock, or the directory cannot be written or made private
 */
export async function openDataDirectory(dataDir: string): Promise<DataDirectory> {
  const path = resolve(dataDir);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const lock = await acquireLock(path);
    if (lock.acquired) {
      await restrictDirectory(await realpath(path)).catch(async (error: unknown) => {
        await lock.release();
        throw error;
      });
      return { path, unlock: lock.release };
    }
    throw new StartError(
      `${path} is in use by process ${lock.holder}. Stop that process, or set DATA_DIR to another directory.`,
    );
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`DATA_DIR ${path} cannot be used: ${errorMessage(error)}`, { cause: error });
  }
}
