// Bundles programs straight from the sources: of each, src/main.ts and all that it imports become one file,
// dist/main.js, with the licences of its packages beside it. `node scripts/bundle.mjs` bundles all of them.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { bundleConsole } from './bundle-console.mjs';
import { programOptions } from './bundle-options.mjs';
import { bundlePage } from './bundle-page.mjs';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export const services = [
  'services/ticket-service',
  'services/ws-edge',
  'services/audit-service',
  'services/standalone',
];
export const cli = 'libs/cli';
const withConsole = ['services/audit-service', 'services/standalone'];

/** What `npm start` and the commands that it prints need. */
export const standaloneAndCli = ['services/standalone', cli];

/** Bundles the programs of these folders. One build parses what they share once. */
export async function bundle(folders) {
  const [{ page, inputs: pageInputs }, { console, inputs: consoleInputs }] = await Promise.all([
    bundlePage(),
    bundleConsole(),
  ]);
  const { outputFiles, metafile } = await build({
    ...programOptions,
    write: false,
    metafile: true,
    define: {
      ...programOptions.define,
      ADMIT_ONE_DEMO_PAGE: JSON.stringify(page),
      ADMIT_ONE_CONSOLE: JSON.stringify(console),
    },
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      folders.map((folder) => [`${folder}/dist/main`, `${folder}/src/main.ts`]),
    ),
    outdir: root,
    // PGlite loads its WebAssembly from its own folder, so it stays a package beside the bundle of standalone.
    external: ['@electric-sql/pglite'],
  });
  await stop();
  const notices = await Promise.all(
    folders.map(async (folder) => {
      const inputs = Object.keys(metafile.outputs[`${folder}/dist/main.js`].inputs);
      const ofConsole = withConsole.includes(folder) ? consoleInputs : [];
      const contents = await thirdPartyNotices(root, [...inputs, ...pageInputs, ...ofConsole]);
      return { path: `${root}${folder}/dist/THIRD-PARTY-NOTICES.txt`, contents };
    }),
  );
  await Promise.all([...outputFiles, ...notices].map(replaceFile));
}

/** Replaces a file at once: a process that starts meanwhile reads the old one or the new one. */
async function replaceFile({ path, contents }) {
  const temporary = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle([...services, cli]);
