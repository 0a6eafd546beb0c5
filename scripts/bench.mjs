// Bundles the bench and its programs, since Node 20 does not run TypeScript, and runs it on the services as they were
// built last. `--help` says what it takes.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (name) => join(root, 'test', 'bench', `${name}.ts`);

// Beside the packages, since not every package can be part of a bundle.
const cache = join(root, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const programs = mkdtempSync(join(cache, 'bench-'));

// What was started ends with this process; its folders are all that an interruption leaves.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
process.on('exit', () => rmSync(programs, { recursive: true, force: true }));

/** Options of every bundle. PGlite and Colyseus load files beside their own; the testkit can start browsers. */
const options = {
  ...bundleOptions,
  absWorkingDir: root,
  outdir: programs,
  external: ['@electric-sql/pglite', '@colyseus/*', 'playwright-core'],
};

await build({
  ...options,
  entryPoints: {
    main: source('main'),
    client: source('client/client'),
    'collect-garbage': source('processes/collect-garbage'),
    bare: source('servers/bare'),
    'with-jwt': source('servers/with-jwt'),
    'home-made': source('servers/home-made'),
    colyseus: source('servers/colyseus'),
    'socket-io': source('servers/socket-io'),
    'reconnecting-clients': join(root, 'test', 'reconnecting', 'clients.ts'),
  },
});

/** Bundles a service with one of its modules replaced, to tell what that module costs. */
async function bundleVariant(name, service, module, replacement) {
  const replaced = join(root, module);
  const replacing = {
    name: 'replace a module',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, importer }) =>
        join(dirname(importer), path) === replaced ? { path: source(replacement) } : undefined,
      );
    },
  };
  const entryPoints = { [name]: join(root, 'services', service, 'src', 'main.ts') };
  const { metafile } = await build({ ...options, entryPoints, plugins: [replacing], metafile: true });
  if (!Object.keys(metafile.inputs).some((input) => source(replacement).endsWith(input)))
    throw new Error(`${module} is not part of ${service}`);
}

await bundleVariant(
  'standalone-without-ingest',
  'standalone',
  'services/audit-service/src/ingest/ingest.ts',
  'variants/no-ingest',
);
await bundleVariant(
  'ticket-service-without-guards',
  'ticket-service',
  'libs/core/src/guards.ts',
  'variants/no-guards',
);

const { main } = await import(pathToFileURL(join(programs, 'main.js')).href);
process.exitCode = await main(process.argv.slice(2), { root, programs });
