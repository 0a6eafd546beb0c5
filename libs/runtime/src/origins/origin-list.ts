import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorMessage } from '../errors.ts';
import { readOrigin } from './read-origin.ts';

/** What a list of origins says: each origin once, in its order, and everything that is wrong with it. */
export interface OriginList {
  readonly origins: readonly string[];
  readonly faults: readonly string[];
}

const MAX_FAULTS = 20;

/** Reads the entries of a list. */
export function readOrigins(entries: readonly string[]): OriginList {
  const origins = new Set<string>();
  const faults: string[] = [];
  for (const entry of entries) {
    const reading = readOrigin(entry);
    if (reading.kind === 'origin') origins.add(reading.origin);
    else faults.push(reading.fault);
  }
  return { origins: [...origins], faults };
}

/** Reads a text of one origin per line, or several with commas between them; what follows a `#` is a comment. */
export function parseOrigins(text: string): OriginList {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const lists = lines.map((line, index) => {
    const { origins, faults } = readOrigins(entriesOf(line));
    return { origins, faults: faults.map((fault) => `line ${index + 1}: ${fault}`) };
  });
  const faults = lists.flatMap((list) => list.faults);
  const more = faults.splice(MAX_FAULTS).length;
  if (more > 0) faults.push(`and ${more} faults more`);
  return { origins: [...new Set(lists.flatMap(({ origins }) => origins))], faults };
}

/** Reads a file of origins, for a start: nothing else runs until then. A file that cannot be read is a fault too. */
export function readOriginsFileSync(path: string): OriginList {
  try {
    return parseOrigins(readFileSync(path, 'utf8'));
  } catch (error) {
    return unreadable(error);
  }
}

/** Reads a file of origins. Never rejects. */
export async function readOriginsFile(path: string): Promise<OriginList> {
  try {
    return parseOrigins(await readFile(path, 'utf8'));
  } catch (error) {
    return unreadable(error);
  }
}

function entriesOf(line: string): readonly string[] {
  return line
    .replace(/(?:^|\s)#.*$/, '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function unreadable(error: unknown): OriginList {
  return { origins: [], faults: [`cannot be read: ${errorMessage(error)}`] };
}
