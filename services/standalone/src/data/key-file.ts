import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSecretFile } from '@admit-one/identity';
import { StartError } from '@admit-one/runtime';

/** A private key that standalone makes for itself. */
export interface KeyFile<Key> {
  readonly name: string;
  readonly generate: () => Key;
  /** Throws one of `Invalid` for a text that is no such key. */
  readonly parse: (json: string) => Key;
  readonly Invalid: new (...args: never[]) => Error;
  /** What a new key would change. */
  readonly consequence: string;
}

/** The key in a file of the data directory, readable by its owner only; made at the first start. @throws {StartError} */
export async function openKeyFile<Key>(
  dataDir: string,
  { name, generate, parse, Invalid, consequence }: KeyFile<Key>,
): Promise<Key> {
  const file = join(dataDir, name);
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Invalid)
      throw new StartError(
        `${file} ${error.message}. Restore it, or remove it: the next start makes a new key, and ${consequence}.`,
        { cause: error },
      );
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = generate();
  await writeSecretFile(file, `${JSON.stringify(key, null, 2)}\n`);
  return key;
}
