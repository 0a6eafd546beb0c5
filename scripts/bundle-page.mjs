// Makes the files of the demo page, as texts, out of the sources of services/standalone/demo and all that they import.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = fileURLToPath(new URL('../services/standalone/demo/src/', import.meta.url));

const COMMENTS = /\s*<!--.*?-->/gs;

const options = {
  bundle: true,
  write: false,
  metafile: true,
  absWorkingDir: root,
  minify: true,
  platform: 'browser',
  target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
  conditions: ['@admit-one/source'],
  logLevel: 'warning',
};

async function bundled(file) {
  const { outputFiles, metafile } = await build({ ...options, format: 'esm', entryPoints: [sources + file] });
  return { text: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}

/** The texts of the page, and the paths of its sources. */
export async function bundlePage() {
  const [html, script, style, icon] = await Promise.all([
    readFile(`${sources}page.html`, 'utf8'),
    bundled('main.ts'),
    bundled('styles/page.css'),
    readFile(`${sources}icon.svg`, 'utf8'),
  ]);
  return {
    page: { html: html.replaceAll(COMMENTS, ''), script: script.text, style: style.text, icon },
    inputs: [...script.inputs, ...style.inputs],
  };
}
