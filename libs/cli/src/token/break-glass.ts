import { readFile } from 'node:fs/promises';
import {
  BREAK_GLASS,
  isPrintable,
  KeyError,
  parseSigningKey,
  type SigningKey,
  signBreakGlassToken,
} from '@admit-one/identity';
import { CommandError, exitCodes } from '../exit-codes.ts';

export interface BreakGlassOptions {
  /** The file with the private key, as `admit token new-key` writes it. */
  readonly keyFile?: string;
  readonly reason?: string;
  readonly subject?: string;
  readonly ttlSeconds: number;
}

/**
 * Signs a token that reads the audit trail, with nothing but a key at hand.
 * @throws {CommandError} where something that it needs is not there or cannot be used
 */
export async function signBreakGlass(options: BreakGlassOptions): Promise<string> {
  const { keyFile, reason, subject = BREAK_GLASS.alias, ttlSeconds } = options;
  const { maxSeconds } = BREAK_GLASS;
  if (keyFile === undefined)
    throw usageFault('--key is missing: the private key that admit token new-key has made.');
  if (reason === undefined)
    throw usageFault('--reason is missing: why the glass is broken, such as the number of the incident.');
  for (const [option, text] of [['--reason', reason] as const, ['--user', subject] as const])
    if (!isPrintable(text)) throw usageFault(`${option} must be 1 to 256 printable characters.`);
  if (ttlSeconds > maxSeconds)
    throw usageFault(`A break-glass token is good for a day at most: --ttl ${maxSeconds}.`);
  return signBreakGlassToken(await readKey(keyFile), { subject, reason, ttlSeconds });
}

async function readKey(file: string): Promise<SigningKey> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usageFault(`${file} cannot be read (${(error as Error).message}).`, { cause: error });
  });
  try {
    return parseSigningKey(text);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw usageFault(`${file} ${error.message}. It must be what admit token new-key has written.`, {
      cause: error,
    });
  }
}

function usageFault(message: string, options?: ErrorOptions): CommandError {
  return new CommandError(message, exitCodes.usage, options);
}
