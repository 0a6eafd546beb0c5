import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { version } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
);

const notBundled = fileURLToPath(new URL('not-bundled.cjs', import.meta.url));

/** How esbuild makes one file that runs in Node out of our sources and all that they import. */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@admit-one/source'],
  define: { ADMIT_ONE_VERSION: JSON.stringify(version) },
  // CommonJS packages in the bundle ask for Node's own modules by `require`, which ES modules do not have.
  banner: {
    // By a name that no package imports it by.
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  sourcemap: true,
  logLevel: 'warning',
};

/** The same of the programs: without half a megabyte that none of them runs, but that every start would compile. */
export const programOptions = {
  ...bundleOptions,
  alias: { '@fastify/ajv-compiler': notBundled, '@fastify/fast-json-stringify-compiler': notBundled },
};
