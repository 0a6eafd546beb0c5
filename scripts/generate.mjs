// Writes the files that are made of the code. With --check, writes nothing, and fails where a file differs.
// Node 20 does not run TypeScript, so the generator is bundled first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
// Below node_modules, so that it finds the packages that stay outside of the bundle.
const generator = join(root, 'node_modules', '.admit-one', 'generate.mjs');

await build({
  ...bundleOptions,
  entryPoints: [join(root, 'scripts/generate/generated-files.ts')],
  outfile: generator,
  external: ['@electric-sql/pglite'],
});
const { generatedFiles } = await import(pathToFileURL(generator).href);

function read(file) {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return '';
  }
}

const different = generatedFiles
  .map(({ file, render }) => ({ file, text: render(root) }))
  .filter(({ file, text }) => read(file) !== text);

if (process.argv.includes('--check')) {
  for (const { file } of different)
    process.stdout.write(`${file} does not match the code. Run: npm run generate\n`);
  process.exitCode = different.length === 0 ? 0 : 1;
} else {
  for (const { file, text } of different) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    process.stdout.write(`${file} is written.\n`);
  }
}
