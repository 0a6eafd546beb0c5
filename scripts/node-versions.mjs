// Runs what depends on Node of the unit tier, and starts every bundle, on the other releases that we support, named in
// node-versions/package.json. Their binaries are for Linux on x64.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, step } from './step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('node-versions', import.meta.url));

/**
 * Files of the unit tier that prove nothing more on another release: those of packages that call no API of Node, those of
 * commands and tickets between memory engines, those of what the embedded PostgreSQL stores, and those that give random
 * or all inputs to code of ours. The rest of the tier and the starts, which issue and use a ticket and store its events,
 * cover what they call of Node.
 */
const leftOut = [
  ...['adapter-memory', 'client', 'config', 'core', 'diagnostics', 'text'].map((name) => `libs/${name}/**`),
  ...['commands', 'delivery', 'limits', 'verify'].map((name) => `services/ticket-service/src/${name}/**`),
  ...['fleet', 'forget', 'seals'].map((name) => `services/audit-service/src/${name}/**`),
  ...[
    'observability/**',
    'test/*.test.ts',
    'test/{bench,contracts}/**',
    '**/*.{exhaustive,property}.test.ts',
  ],
];

/**
 * What runs on each release, as arguments of Vitest: what depends on Node itself. Those are the unit tests, which call it
 * directly, and the starts of the bundles. The other tiers test how processes and engines work together, by way of the
 * same calls. One worker: `npm test` runs this beside other tests.
 */
const suites = [
  ['--project=unit*', '--maxWorkers=1', ...leftOut.map((files) => `--exclude=${files}`)],
  ['test/process/starts.test.ts'],
];

function binaryOf(name) {
  return join(folder, 'node_modules', name, 'bin', 'node');
}

function passes(name) {
  return suites.every((suite) => {
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=minimal', ...suite];
    return (
      spawnSync(binaryOf(name), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
    );
  });
}

const versions = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies;
const names = Object.keys(versions);

if (`${process.platform}-${process.arch}` !== 'linux-x64') {
  process.stdout.write(`Skipped ${names.join(' and ')}: their binaries are for Linux on x64.\n`);
} else {
  const isThere = (name) => {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    return (
      existsSync(manifest) &&
      versions[name].endsWith(`@${JSON.parse(readFileSync(manifest, 'utf8')).version}`)
    );
  };
  const installed =
    names.every(isThere) ||
    (await step(`Installing ${names.join(' and ')}`, () =>
      run('npm', ['ci', '--prefix', folder, '--prefer-offline', '--loglevel=error']),
    ));
  process.exitCode = installed && names.map(passes).every(Boolean) ? 0 : 1;
}
