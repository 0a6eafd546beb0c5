// Makes the files of the console, as texts, out of the sources of services/audit-service/console and all that they import.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readRunbooks } from './read-runbooks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = fileURLToPath(new URL('../services/audit-service/console/src/', import.meta.url));

const COMMENTS = /\s*<!--.*?-->/gs;
const HASH = /-[A-Z0-9]{8}(?=\.)/;

const options = {
  bundle: true,
  write: false,
  metafile: true,
  absWorkingDir: root,
  outdir: root,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'copy' },
  format: 'esm',
  minify: true,
  platform: 'browser',
  jsx: 'automatic',
  // The first browsers that have light-dark() of CSS and AbortSignal.any().
  target: ['es2022', 'chrome123', 'firefox124', 'safari17.5'],
  conditions: ['@admit-one/source'],
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
};

/**
 * The console, and the paths of its sources. Assets are texts by name, served at `/console/assets/<name>`: a name has the
 * hash of its content.
 */
export async function bundleConsole() {
  const entries = ['main.tsx', 'styles.css', 'icon.svg'];
  const [html, runbooks] = await Promise.all([readFile(`${sources}index.html`, 'utf8'), readRunbooks()]);
  const { outputFiles, metafile } = await build({
    ...options,
    define: { ...options.define, ADMIT_ONE_RUNBOOKS: JSON.stringify(runbooks) },
    entryPoints: entries.map((file) => sources + file),
  });
  const assets = Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
  const named = Object.keys(assets).reduce(
    (page, name) => page.replace(`assets/${name.replace(HASH, '')}`, `assets/${name}`),
    html.replaceAll(COMMENTS, ''),
  );
  return { console: { html: named, assets }, inputs: Object.keys(metafile.inputs) };
}
