import type { StoredEvent } from '@admit-one/core';
import type { Case, InclusionProof } from '@admit-one/seals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate/browser';
import { isTime, membersOf } from '../../json-members.ts';
import { jsonLine } from '../output/output.ts';

/** What a case has beside what is verified: words for people. */
export interface CaseWords {
  /** The story without its events. */
  readonly story: object;
  /** What was asked of the audit API, in its order. */
  readonly transcript: readonly object[];
  /** Markdown. */
  readonly summary: string;
}

const files = {
  summary: 'summary.md',
  story: 'story.json',
  events: 'events.ndjson',
  proofs: 'proofs.ndjson',
  seals: 'seals.ndjson',
  keys: 'keys.json',
  transcript: 'transcript.ndjson',
} as const;

/** The bytes of a case: a ZIP archive. */
export function zipCase({ events, proofs, seals, keys }: Case, words: CaseWords): Uint8Array {
  const lines = (values: readonly object[]) => values.map(jsonLine).join('');
  const texts: Readonly<Record<keyof typeof files, string>> = {
    summary: words.summary,
    story: jsonLine(words.story),
    events: lines(events),
    proofs: lines(proofs),
    seals: lines(seals),
    keys: `${JSON.stringify(keys, null, 2)}\n`,
    transcript: lines(words.transcript),
  };
  return zipSync(
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [files[name as keyof typeof files], strToU8(text)]),
    ),
  );
}

/** A file that is no case, or not whole. The message completes a sentence that begins with the file. */
export class CaseError extends Error {}

/** More than the largest case has; a small file can hold very large ones. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Whether bytes are of a ZIP archive. */
export function isZip(bytes: Uint8Array): boolean {
  return strFromU8(bytes.subarray(0, 4), true) === 'PK\u0003\u0004';
}

/** What is to be verified in a case. @throws {CaseError} */
export function readCase(bytes: Uint8Array): Case {
  const entries = unzipped(bytes);
  function textOf(name: string): string {
    const entry = entries[name];
    if (!entry) throw new CaseError(`lacks ${name}: it is no case, or not whole`);
    return strFromU8(entry);
  }
  function linesOf<T>(
    name: string,
    isOne: (value: Readonly<Record<string, unknown>>) => boolean,
  ): readonly T[] {
    return textOf(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line, n) => {
        const value = membersOf(line);
        if (!isOne(value)) throw new CaseError(`has a line ${n + 1} in ${name} that is not of a case`);
        return value as T;
      });
  }
  const { keys } = membersOf(textOf(files.keys));
  if (!Array.isArray(keys)) throw new CaseError(`has no JWK Set in ${files.keys}`);
  return {
    events: linesOf<StoredEvent>(files.events, isEvent),
    proofs: linesOf<InclusionProof>(files.proofs, isProof),
    seals: linesOf(files.seals, ({ number, jws }) => typeof number === 'number' && typeof jws === 'string'),
    keys: { keys },
  };
}

function unzipped(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const known: ReadonlySet<string> = new Set(Object.values(files));
  let size = 0;
  try {
    return unzipSync(bytes, {
      filter({ name, originalSize }) {
        size += originalSize;
        if (size > MAX_BYTES) throw new CaseError('is larger than a case can be');
        return known.has(name);
      },
    });
  } catch (error) {
    if (error instanceof CaseError) throw error;
    throw new CaseError(`is not a sound ZIP archive (${(error as Error).message})`, { cause: error });
  }
}

function isEvent({ id, type, time, position, data }: Readonly<Record<string, unknown>>): boolean {
  return (
    isTime(time) &&
    [id, type, position].every((member) => typeof member === 'string') &&
    typeof data === 'object' &&
    data !== null
  );
}

function isProof({ position, seal, index, path }: Readonly<Record<string, unknown>>): boolean {
  const isPath = Array.isArray(path) && path.every((hash) => typeof hash === 'string');
  return isPath && typeof position === 'string' && Number.isInteger(seal) && Number.isInteger(index);
}
