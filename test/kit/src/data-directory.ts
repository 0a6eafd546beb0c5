import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyDirectory, keptDirectory } from './kept-directory.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const manifest = join(
  import.meta.dirname,
  ...['..', '..', '..', 'node_modules', '@electric-sql', 'pglite', 'package.json'],
);

/** Makes a data directory for standalone whose database is initialised and empty. */
export async function dataDirectory(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  await copyDirectory(await initializedDatabase(), join(directory.path, 'audit'));
  return directory;
}

/** Opens a new, empty database of PGlite by its directory, which is removed when the database is closed. */
export async function openEmptyDatabase<Database extends { close(): Promise<void> }>(
  open: (location: { readonly dataDir: string }) => Promise<Database>,
): Promise<Database> {
  const directory = await dataDirectory();
  const database = await open({ dataDir: join(directory.path, 'audit') });
  return {
    ...database,
    async close() {
      await database.close();
      await directory.remove();
    },
  };
}

/** To initialise a database takes PGlite two to four seconds of CPU time; to copy one, a twentieth of one. */
async function initializedDatabase(): Promise<string> {
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  return keptDirectory(`pglite-${version}`, async (path) => {
    const { PGlite } = await import('@electric-sql/pglite');
    const pglite = await PGlite.create(path);
    await pglite.close();
  });
}
