import { access, cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules');

/**
 * Makes a data directory for standalone whose database is initialised and empty. It is a copy: to initialise one takes PGlite
 * four seconds of CPU time. The original is made once per version of PGlite.
 */
export async function dataDirectory(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  await cp(await initializedDatabase(), join(directory.path, 'audit'), { recursive: true });
  return directory;
}

let initialized: Promise<string> | undefined;

function initializedDatabase(): Promise<string> {
  initialized ??= initializeDatabase();
  return initialized;
}

async function initializeDatabase(): Promise<string> {
  const manifest = await readFile(join(modules, '@electric-sql', 'pglite', 'package.json'), 'utf8');
  const path = join(modules, '.admit-one', `pglite-${JSON.parse(manifest).version}`);
  if (await exists(path)) return path;
  await mkdir(join(modules, '.admit-one'), { recursive: true });
  const own = await mkdtemp(`${path}-`);
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create(own);
  await pglite.close();
  // Where another process was faster, its directory stays.
  await rename(own, path).catch(() => rm(own, { recursive: true }));
  return path;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
