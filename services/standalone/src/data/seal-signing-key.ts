import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSecretFile } from '@admit-one/identity';
import { StartError } from '@admit-one/runtime';
import {
  generateSealSigningKey,
  parseSealSigningKey,
  SealError,
  type SealSigningKey,
} from '@admit-one/seals';

const FILE = 'audit-signing-key.json';

/** The key of the data directory that seals the audit log, readable by its owner only; made at the first start. @throws {StartError} */
export async function openSealSigningKey(dataDir: string): Promise<SealSigningKey> {
  const file = join(dataDir, FILE);
  try {
    return parseSealSigningKey(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SealError)
      throw new StartError(
        `${file} ${error.message}. Restore it, or remove it: the next start makes a new key, and later seals are signed with that one.`,
        { cause: error },
      );
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = generateSealSigningKey();
  await writeSecretFile(file, `${JSON.stringify(key, null, 2)}\n`);
  return key;
}
