import { writeFile } from 'node:fs/promises';
import { CommandError, exitCodes } from '../command-error.ts';

/** Creates a file that only its owner can read. @throws {CommandError} where it exists or cannot be written */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST'
        ? 'exists and is not overwritten. Name another place with --out.'
        : `cannot be written (${message}).`;
    throw new CommandError(`${file} ${why}`, exitCodes.usage, { cause: error });
  }
}
