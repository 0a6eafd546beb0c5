// Bundles programs straight from the sources: of each, src/main.ts and all that it imports become one file,
// dist/main.js. `node scripts/bundle.mjs` bundles all of them.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';
import { bundlePage } from './bundle-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** PGlite loads its WebAssembly from its own folder, so it stays a package beside the bundle. */
const PGLITE = '@electric-sql/pglite';

const programs = {
  'services/ticket-service': {},
  'services/ws-edge': {},
  'services/audit-service': {},
  'services/standalone': {
    external: [PGLITE],
    define: async () => ({ ADMIT_ONE_DEMO_PAGE: JSON.stringify(await bundlePage()) }),
  },
  'libs/cli': { external: [PGLITE] },
};

/** Bundles the programs of these folders. */
export async function bundle(folders = Object.keys(programs)) {
  await Promise.all(
    folders.map(async (folder) => {
      const { external = [], define } = programs[folder];
      await build({
        ...bundleOptions,
        define: { ...bundleOptions.define, ...(await define?.()) },
        entryPoints: [join(root, folder, 'src/main.ts')],
        outfile: join(root, folder, 'dist/main.js'),
        external,
      });
    }),
  );
  await stop();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
