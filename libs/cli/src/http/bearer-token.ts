import { readFile } from 'node:fs/promises';
import { CommandError, exitCodes } from '../command-error.ts';

/** @throws {CommandError} where the file cannot be read or has no bearer token */
export async function readTokenFile(file: string): Promise<string> {
  try {
    return bearerTokenIn(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} cannot be read (${(error as Error).message}).`, exitCodes.usage, {
      cause: error,
    });
  }
}

/** @throws {CommandError} where the text is not a bearer token */
export function bearerTokenIn(text: string, from: string): string {
  const value = text.trim();
  if (!/^[\w.~+/=-]+$/.test(value))
    throw new CommandError(`The value of ${from} is not a bearer token (RFC 6750).`, exitCodes.usage);
  return value;
}
