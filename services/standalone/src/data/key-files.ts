import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  generateSigningKey,
  KeyError,
  parseSigningKey,
  type SigningKey,
  writeSecretFile,
} from '@admit-one/identity';
import { StartError } from '@admit-one/runtime';
import {
  generateSealSigningKey,
  parseSealSigningKey,
  SealError,
  type SealSigningKey,
} from '@admit-one/seals';

/** A private key that standalone makes for itself. */
interface KeyFile<Key> {
  readonly name: string;
  readonly generate: () => Key;
  /** Throws one of `Invalid` for a text that is no such key. */
  readonly parse: (json: string) => Key;
  readonly Invalid: new (...args: never[]) => Error;
  /** What a new key would change. */
  readonly consequence: string;
}

/** Seals the audit log. */
export const sealKeyFile: KeyFile<SealSigningKey> = {
  name: 'audit-signing-key.json',
  generate: generateSealSigningKey,
  parse: parseSealSigningKey,
  Invalid: SealError,
  consequence: 'later seals are signed with that one',
};

/** Signs who a connection is for, towards the upstreams of proxy routes. */
export const proxyKeyFile: KeyFile<SigningKey> = {
  name: 'proxy-signing-key.json',
  generate: generateSigningKey,
  parse: parseSigningKey,
  Invalid: KeyError,
  consequence: 'upstreams have to fetch that one',
};

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
