// Makes dist/main.js of the package in the current directory: its src/main.ts and all that it imports, in one file that
// needs nothing beside it but the packages named as arguments.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const { version } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
);

// CommonJS packages in the bundle ask for Node's own modules by `require`, which ES modules do not have.
const require =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@admit-one/source'],
  external: process.argv.slice(2),
  define: { ADMIT_ONE_VERSION: JSON.stringify(version) },
  banner: { js: require },
  sourcemap: true,
  logLevel: 'warning',
});
