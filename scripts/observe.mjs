// Bundles what `npm run observe` runs, since Node 20 does not run TypeScript, and runs it on the services as they were built
// last. `--help` says what it takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (name) => join(root, 'test', 'observability', name);
// Below node_modules, so that it finds the packages that stay outside of the bundle.
const programs = mkdtempSync(join(root, 'node_modules', '.admit-one-observe-'));
process.on('exit', () => rmSync(programs, { recursive: true, force: true }));
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const end = () => process.exit(130);
for (const signal of signals) process.on(signal, end);

await build({
  ...bundleOptions,
  entryPoints: { main: source('observe/main.ts') },
  outdir: programs,
  external: ['playwright-core', '@electric-sql/pglite'],
});
await build({
  bundle: true,
  entryPoints: { page: source('preview/page.ts') },
  format: 'iife',
  globalName: 'AdmitPreview',
  outdir: programs,
});
await build({ bundle: true, entryPoints: { page: source('preview/page.css') }, outdir: programs });
const { main } = await import(pathToFileURL(join(programs, 'main.js')).href);
// From here on, it ends what it has started.
for (const signal of signals) process.off(signal, end);
process.exitCode = await main(process.argv.slice(2), { root, programs });
