import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import engines from './programs.json' with { type: 'json' };

export type EngineName = keyof typeof engines.engines;

interface Environment {
  readonly PATH?: string | undefined;
  readonly CI?: string | undefined;
}

/**
 * Why suites that need these engines cannot run here: what is missing, where it was looked for, what would help.
 * `undefined` where they can run. Nothing is started to find out.
 * @throws {Error} with that reason where `CI` is `true`: there a skipped suite is a failure
 */
export function missingEngines(...names: readonly EngineName[]): string | undefined {
  expectEnginesAllowed();
  return missingIn(process.env, names);
}

/** Where a program is. @throws {Error} that says where it was looked for */
export function findProgram(name: string): string {
  expectEnginesAllowed();
  const folders = searchFolders(process.env, engines);
  const found = find(name, folders);
  if (found === undefined) throw new Error(`${name} is not in ${folders.join(', ')}`);
  return found;
}

/** @throws {Error} in the unit tier */
function expectEnginesAllowed(): void {
  if (process.env.ADMIT_ONE_ENGINES === 'none')
    throw new Error('The unit tier starts no engine: add this file to `onEngines` in vitest.config.ts.');
}

/** `missingEngines` for any environment and any table of programs. */
export function missingIn(
  environment: Environment,
  names: readonly EngineName[],
  table: typeof engines = engines,
): string | undefined {
  const reason =
    process.platform === 'linux'
      ? missingPrograms(environment, names, table)
      : 'the engines are run on Linux only';
  if (reason !== undefined && environment.CI === 'true') throw new Error(reason);
  return reason;
}

function missingPrograms(
  environment: Environment,
  names: readonly EngineName[],
  table: typeof engines,
): string | undefined {
  const folders = searchFolders(environment, table);
  const lacking = names
    .map((name) => table.engines[name])
    .map(({ programs, packages }) => ({ packages, absent: programs.filter((name) => !find(name, folders)) }))
    .filter(({ absent }) => absent.length > 0);
  if (lacking.length === 0) return undefined;
  const absent = lacking.flatMap((engine) => engine.absent).join(', ');
  const packages = lacking.flatMap((engine) => engine.packages).join(' ');
  return `${absent} not found in ${folders.join(', ')}; on Debian: apt-get install ${packages}`;
}

/**
 * PostgreSQL's own folders with the newest version first, for what Debian puts on the PATH are wrappers that look for
 * its clusters; then the PATH, then where Debian puts servers.
 */
function searchFolders({ PATH = '' }: Environment, table: typeof engines): readonly string[] {
  const { parent, child } = table.versionedFolders;
  const onPath = PATH.split(delimiter).filter((folder) => folder !== '');
  const versioned = versionsIn(parent).map((version) => join(parent, version, child));
  return [...new Set([...versioned, ...onPath, ...table.folders])];
}

function versionsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort((one, other) => Number(other) - Number(one));
  } catch {
    return [];
  }
}

function find(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
