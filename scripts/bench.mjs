// Bundles the bench and its programs, since Node 20 does not run TypeScript, and runs it on the services as they were
// built last. `--help` says what it takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (name) => join(root, 'test', 'bench', `${name}.ts`);
const programs = mkdtempSync(join(tmpdir(), 'admit-one-bench-'));

// What was started ends with this process; its folders are all that an interruption leaves.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
process.on('exit', () => rmSync(programs, { recursive: true, force: true }));

await build({
  ...bundleOptions,
  entryPoints: {
    main: source('main'),
    client: source('client/client'),
    'collect-garbage': source('processes/collect-garbage'),
    bare: source('servers/bare'),
    'with-jwt': source('servers/with-jwt'),
    'home-made': source('servers/home-made'),
  },
  outdir: programs,
  // The testkit can start browsers; the bench does not.
  external: ['playwright-core'],
});
const { main } = await import(pathToFileURL(join(programs, 'main.js')).href);
process.exitCode = await main(process.argv.slice(2), { root, programs });
