// Makes dist/main.js of the package in the current directory: its src/main.ts and all that it imports, in one file that
// needs nothing beside it but the packages named as arguments. With --demo-page, that page is in it too.
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';
import { bundlePage } from './bundle-page.mjs';

const { values, positionals } = parseArgs({
  options: { 'demo-page': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const page = values['demo-page'] ? { ADMIT_ONE_DEMO_PAGE: JSON.stringify(await bundlePage()) } : {};

await build({
  ...bundleOptions,
  define: { ...bundleOptions.define, ...page },
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  external: positionals,
});
