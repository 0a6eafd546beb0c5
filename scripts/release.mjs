// `npm run release`: writes what a release consists of into the folder `release`, or `--out <folder>`: the packages for
// npm, the command line as one file, of each program what it is made of (CycloneDX), and checksums. The packages must be
// built. `--tag v1.2.3` fails where the version or the changelog say something else. The same sources give the same bytes.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { build } from 'esbuild';
import { bundle, cli, services } from './bundle.mjs';
import { programOptions } from './bundle-options.mjs';
import { run } from './step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The packages that pages and servers of others use. The gate needs all but the client. */
const packages = ['client', 'gate', 'ticket-client', 'adapter-nats', 'core', 'sockets', 'text'];
/** Licences that ask for no more than to be passed on, which THIRD-PARTY-NOTICES.txt does. */
const LICENCES =
  /^(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0)$/;

const { values: options } = parseArgs({
  options: { out: { type: 'string', default: join(root, 'release') }, tag: { type: 'string' } },
});
const { out, tag } = options;
const manifest = await readJson(join(root, 'package.json'));

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function expectTag() {
  if (tag !== `v${manifest.version}`)
    throw new Error(`the tag is ${tag}, the version in package.json ${manifest.version}`);
  const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
  if (!changelog.includes(`\n## ${manifest.version}`))
    throw new Error(`CHANGELOG.md has no section ${manifest.version}`);
}

/** Writes what a program is made of, and checks the licences of that. */
async function writeComponents(folder) {
  const outputFile = join(out, `${folder.split('/').at(-1)}.cdx.json`);
  await build({
    ...programOptions,
    sourcemap: false,
    // Of PGlite, which stays outside of the bundle of standalone, too.
    loader: { '.data': 'empty', '.wasm': 'empty' },
    define: { ...programOptions.define, ADMIT_ONE_DEMO_PAGE: '""' },
    absWorkingDir: join(root, folder),
    entryPoints: ['src/main.ts'],
    outdir: out,
    write: false,
    plugins: [cyclonedxEsbuildPlugin({ outputFile, outputReproducible: true, specVersion: '1.6' })],
  });
  const { components } = await readJson(outputFile);
  const foreign = components.filter(({ group, licenses = [] }) => {
    const names = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name);
    return group !== '@admit-one' && !(names.length > 0 && names.every((name) => LICENCES.test(name)));
  });
  if (foreign.length > 0)
    throw new Error(`${folder}: look at the licences of ${foreign.map(({ name }) => name).join(', ')}`);
}

/** Packs a package with what its users need, and no more. */
async function pack(stage, { name, description, license, engines, ...fields }, files) {
  const folder = join(stage, name.replace('/', '-'));
  await mkdir(folder, { recursive: true });
  const { version, engines: ours } = manifest;
  const published = {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: engines ?? ours,
    ...fields,
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  for (const [from, to] of files) await cp(resolve(root, from), join(folder, to), { recursive: true });
  await run('npm', ['pack', folder, '--pack-destination', out, '--ignore-scripts', '--loglevel=error']);
}

/** A library as it is built. The condition for its sources is for this repository. */
async function packLibrary(stage, name) {
  const {
    private: _,
    devDependencies: __,
    scripts: ___,
    exports,
    ...fields
  } = await readJson(join(root, 'libs', name, 'package.json'));
  const published = Object.entries(exports).map(([path, { '@admit-one/source': _, ...conditions }]) => [
    path,
    conditions,
  ]);
  const readme = (await readdir(join(root, 'libs', name))).filter((file) => file === 'README.md');
  await pack(stage, { ...fields, exports: Object.fromEntries(published) }, [
    [`libs/${name}/dist`, 'dist'],
    ...readme.map((file) => [`libs/${name}/${file}`, file]),
  ]);
}

/** The command line, which needs no other package. */
async function packCommandLine(stage) {
  const program = `#!/usr/bin/env node\n${await readFile(join(root, cli, 'dist/main.js'), 'utf8')}`;
  // Its source map is not part of a release.
  await writeFile(join(out, 'admit.js'), program.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'), {
    mode: 0o755,
  });
  const { name, license } = await readJson(join(root, cli, 'package.json'));
  const description =
    'The command line of Admit One: checks installations, searches the audit log, makes keys';
  await pack(stage, { name, description, license, bin: { admit: 'admit.js' } }, [
    [join(cli, 'dist/THIRD-PARTY-NOTICES.txt'), 'THIRD-PARTY-NOTICES.txt'],
    [join(cli, 'README.md'), 'README.md'],
    [resolve(out, 'admit.js'), 'admit.js'],
  ]);
}

if (tag !== undefined) await expectTag();
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const stage = await mkdtemp(join(tmpdir(), 'admit-one-release-'));
try {
  await bundle([...services, cli]);
  for (const folder of [...services, cli]) await writeComponents(folder);
  for (const name of packages) await packLibrary(stage, name);
  await packCommandLine(stage);
} finally {
  await rm(stage, { recursive: true, force: true });
}
const files = (await readdir(out)).sort();
const sums = await Promise.all(
  files.map(async (file) => {
    const bytes = await readFile(join(out, file));
    return `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`;
  }),
);
await writeFile(join(out, 'SHA256SUMS'), sums.join(''));
process.stdout.write(sums.join(''));
