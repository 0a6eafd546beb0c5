import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { StoredEvent } from '@admit-one/core';
import type { Witness } from '@admit-one/seals';
import { CommandError, exitCodes } from '../../command-error.ts';
import { isTime, membersOf } from '../../json-members.ts';
import { isZip } from '../case/case-file.ts';

/** The events of `admit audit export`, line by line. @throws {CommandError} where the file cannot be read or has another line */
export function readEvents(file: string): AsyncIterable<StoredEvent> {
  return linesAsJson<StoredEvent>(file, ({ position, time }) => typeof position === 'string' && isTime(time));
}

/** The signed seals of `admit audit seals`. @throws {CommandError} where the file cannot be read or has another line */
export async function readSeals(file: string): Promise<readonly string[]> {
  const seals: string[] = [];
  for await (const { jws } of linesAsJson<{ jws: string }>(file, ({ jws }) => typeof jws === 'string'))
    seals.push(jws);
  return seals;
}

/** The JWK Set of `admit audit seals --keys`. @throws {CommandError} where the file cannot be read or is another */
export async function readKeySet(file: string): Promise<{ readonly keys: readonly object[] }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw readError(file, error);
  });
  const { keys } = membersOf(text);
  if (!Array.isArray(keys)) throw new CommandError(`${file} is not a JWK Set.`, exitCodes.usage);
  return { keys };
}

/** The bytes of a ZIP archive; null for another file. @throws {CommandError} where the file cannot be read */
export async function readZip(file: string): Promise<Uint8Array | null> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return isZip(buffer.subarray(0, bytesRead)) ? await handle.readFile() : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    // A pipe, which is read as an export.
    if ((error as NodeJS.ErrnoException).code === 'ESPIPE') return null;
    throw readError(file, error);
  }
}

/**
 * What a log of the audit-service says of seals. Lines that are something else are passed over.
 * @throws {CommandError} where the file cannot be read or says nothing of seals
 */
export async function readWitnesses(file: string): Promise<readonly Witness[]> {
  const witnesses: Witness[] = [];
  for await (const line of linesIn(file)) {
    const { message, number, digest } = membersOf(line);
    if (message === 'audit_sealed' && typeof number === 'number' && typeof digest === 'string')
      witnesses.push({ number, digest });
  }
  if (witnesses.length === 0)
    throw new CommandError(`${file} has no line \`audit_sealed\` in JSON.`, exitCodes.usage);
  return witnesses;
}

async function* linesAsJson<T>(
  file: string,
  isOne: (value: Readonly<Record<string, unknown>>) => boolean,
): AsyncGenerator<T> {
  let number = 0;
  for await (const line of linesIn(file)) {
    number += 1;
    if (line === '') continue;
    const value = membersOf(line);
    if (!isOne(value))
      throw new CommandError(
        `${file}, line ${number}: is not what the command prints as JSON.`,
        exitCodes.usage,
      );
    yield value as T;
  }
}

async function* linesIn(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw readError(file, error);
  } finally {
    input.destroy();
  }
}

function readError(file: string, error: unknown): CommandError {
  return new CommandError(`${file} cannot be read (${(error as Error).message}).`, exitCodes.usage, {
    cause: error,
  });
}
