import { readFile } from 'node:fs/promises';
import { CommandError, exitCodes } from '../exit-codes.ts';

/** A bearer token, and where it was found. */
export interface GivenToken {
  readonly value: string;
  readonly from: string;
  /** What is there now, where that is another token; else null. */
  newer(): Promise<string | null>;
}

export interface TokenPlaces {
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The token that the user gave, if any: the command line goes before the environment.
 * @throws {CommandError} where what was given cannot be one
 */
export async function givenToken({ token, tokenFile, env }: TokenPlaces): Promise<GivenToken | undefined> {
  if (token !== undefined) return fixedToken(token, '--token');
  if (tokenFile !== undefined) return tokenInFile(tokenFile);
  return env.ADMIT_TOKEN ? fixedToken(env.ADMIT_TOKEN, 'ADMIT_TOKEN') : undefined;
}

function fixedToken(text: string, from: string): GivenToken {
  return { value: checked(text, from), from, newer: async () => null };
}

async function tokenInFile(file: string): Promise<GivenToken> {
  let value = checked(await readTokenFile(file), file);
  return {
    value,
    from: file,
    async newer() {
      const former = value;
      value = checked(await readTokenFile(file), file);
      return value === former ? null : value;
    },
  };
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read (${(error as Error).message}).`, exitCodes.usage, {
      cause: error,
    });
  }
}

function checked(text: string, from: string): string {
  const value = text.trim();
  if (!/^[\w.~+/=-]+$/.test(value))
    throw new CommandError(`What ${from} holds is not a bearer token (RFC 6750).`, exitCodes.usage);
  return value;
}
