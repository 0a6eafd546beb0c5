import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readOrigin } from './read-origin.ts';

/** A list of allowed origins: each once, in order, and the issues of its entries. */
export interface OriginList {
  readonly origins: readonly string[];
  readonly issues: readonly string[];
}

/** The variables of allowed origins. */
export interface OriginSettings {
  readonly FRONTEND_ORIGINS?: readonly string[] | undefined;
  readonly FRONTEND_ORIGINS_FILE?: string | undefined;
}

const MAX_ISSUES = 20;
const NO_FILE: OriginList = { origins: [], issues: [] };

/** The origins of both variables. Issues are led by the variable's name. Blocks while it reads the file. */
export function readFrontendOrigins(settings: OriginSettings): OriginList {
  const { FRONTEND_ORIGINS_FILE: file } = settings;
  if (file === undefined) return joined(settings, NO_FILE);
  try {
    return joined(settings, parseOrigins(readFileSync(file, 'utf8')));
  } catch (error) {
    return joined(settings, unreadable(error));
  }
}

/** Reads the origins of both variables again. Never rejects: an unreadable file is an issue. */
export async function rereadFrontendOrigins(settings: OriginSettings): Promise<OriginList> {
  const { FRONTEND_ORIGINS_FILE: file } = settings;
  if (file === undefined) return joined(settings, NO_FILE);
  try {
    return joined(settings, parseOrigins(await readFile(file, 'utf8')));
  } catch (error) {
    return joined(settings, unreadable(error));
  }
}

/** Parses the entries of a list. */
export function readOrigins(entries: readonly string[]): OriginList {
  const origins = new Set<string>();
  const issues: string[] = [];
  for (const entry of entries) {
    const reading = readOrigin(entry);
    if (reading.kind === 'origin') origins.add(reading.origin);
    else issues.push(reading.issue);
  }
  return { origins: [...origins], issues };
}

/** Parses a file's text: one origin per line, or several separated by commas. `#` starts a comment. */
export function parseOrigins(text: string): OriginList {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const lists = lines.map((line, index) => {
    const { origins, issues } = readOrigins(entriesOf(line));
    return { origins, issues: issues.map((issue) => `line ${index + 1}: ${issue}`) };
  });
  const issues = lists.flatMap((list) => list.issues);
  const more = issues.splice(MAX_ISSUES).length;
  if (more > 0) issues.push(`and ${more} more issues`);
  return { origins: [...new Set(lists.flatMap(({ origins }) => origins))], issues };
}

function entriesOf(line: string): readonly string[] {
  return line
    .replace(/(?:^|\s)#.*$/, '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function unreadable(error: unknown): OriginList {
  return { origins: [], issues: [`cannot be read: ${(error as Error).message}`] };
}

function joined({ FRONTEND_ORIGINS = [] }: OriginSettings, file: OriginList): OriginList {
  const listed = readOrigins(FRONTEND_ORIGINS);
  return {
    origins: [...new Set([...listed.origins, ...file.origins])],
    issues: [
      ...listed.issues.map((issue) => `FRONTEND_ORIGINS: ${issue}`),
      ...file.issues.map((issue) => `FRONTEND_ORIGINS_FILE: ${issue}`),
    ],
  };
}
