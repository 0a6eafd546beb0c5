import { readFile } from 'node:fs/promises';
import {
  BREAK_GLASS,
  isPrintable,
  KeyError,
  parseSigningKey,
  type SigningKey,
  signBreakGlassToken,
} from '@admit-one/identity';
import { CommandError, exitCodes } from '../command-error.ts';

export interface BreakGlassCommandOptions {
  /** The file with the private key, as written by `admit token new-key`. */
  readonly keyFile?: string;
  readonly reason?: string;
  readonly subject?: string;
  readonly ttlSeconds: number;
}

/**
 * Signs a break-glass token, which reads the audit log.
 * @throws {CommandError} where an option is missing or invalid
 */
export async function signBreakGlass(options: BreakGlassCommandOptions): Promise<string> {
  const { keyFile, reason, subject = BREAK_GLASS.alias, ttlSeconds } = options;
  const { maxSeconds } = BREAK_GLASS;
  if (keyFile === undefined)
    throw usageError(
      '--key is missing. Name the file with the private key from npx @admit-one/cli token new-key.',
    );
  if (reason === undefined)
    throw usageError('--reason is missing. Say why, for example the incident number.');
  for (const [option, text] of [['--reason', reason] as const, ['--user', subject] as const])
    if (!isPrintable(text)) throw usageError(`${option} must be 1 to 256 printable characters.`);
  if (ttlSeconds > maxSeconds)
    throw usageError(
      `--ttl must be ≤ ${maxSeconds}: a break-glass token lives for a day at most (got ${ttlSeconds}).`,
    );
  return signBreakGlassToken(await readKey(keyFile), { subject, reason, ttlSeconds });
}

async function readKey(file: string): Promise<SigningKey> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usageError(`${file} cannot be read (${(error as Error).message}).`, { cause: error });
  });
  try {
    return parseSigningKey(text);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw usageError(`${file} ${error.message}. Use a file that npx @admit-one/cli token new-key wrote.`, {
      cause: error,
    });
  }
}

function usageError(message: string, options?: ErrorOptions): CommandError {
  return new CommandError(message, exitCodes.usage, options);
}
