// Makes dist/main.js of the package in the current directory: its src/main.ts and all that it imports, in one file that
// needs nothing beside it but the packages named as arguments.
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

await build({
  ...bundleOptions,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  external: process.argv.slice(2),
});
