import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import table from './programs.json' with { type: 'json' };

export type EngineName = keyof typeof table.engines;

/**
 * Why suites that need these engines cannot run here: what is missing, where it was looked for, what would help.
 * `undefined` where they can run. Nothing is started to find out.
 * @throws {Error} with that reason where `CI` is `true`: there a skipped suite is a failure
 */
export function missingEngines(...names: readonly EngineName[]): string | undefined {
  const reason = process.platform === 'linux' ? missingPrograms(names) : 'the engines are run on Linux only';
  if (reason !== undefined && process.env.CI === 'true') throw new Error(reason);
  return reason;
}

/** Where a program is. @throws {Error} that says where it was looked for */
export function findProgram(name: string): string {
  const folders = searchFolders();
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found === undefined) throw new Error(`${name} is not in ${folders.join(', ')}`);
  return found;
}

function missingPrograms(names: readonly EngineName[]): string | undefined {
  const folders = searchFolders();
  const lacking = names.flatMap((name) => {
    const { programs, packages } = table.engines[name];
    const absent = programs.filter(
      (program) => !folders.some((folder) => isExecutable(join(folder, program))),
    );
    return absent.length === 0 ? [] : [{ absent, packages }];
  });
  if (lacking.length === 0) return undefined;
  const absent = lacking.flatMap((engine) => engine.absent).join(', ');
  const packages = lacking.flatMap((engine) => engine.packages).join(' ');
  return `${absent} not found in ${folders.join(', ')}; on Debian: apt-get install --no-install-recommends ${packages}`;
}

/** The PATH, then where Debian puts servers, then PostgreSQL's own folders with the newest version first. */
function searchFolders(): readonly string[] {
  const { parent, child } = table.versionedFolders;
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const versioned = versionsIn(parent).map((version) => join(parent, version, child));
  return [...new Set([...onPath, ...table.folders, ...versioned])];
}

function versionsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort((one, other) => Number(other) - Number(one));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
