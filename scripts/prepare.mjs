// Brings a checkout to where `npm start` and `npm test` can run: checks Node, installs what the lock file names, and,
// with --build, builds what has changed. Runs before anything is installed, so it uses Node alone.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, step } from './step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const minimum = [20, 19];

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < minimum[0] || (major === minimum[0] && minor < minimum[1]))
    fail(`Admit One needs Node ${minimum.join('.')} or newer; this is ${process.versions.node}.`);
}

function need(doing, action) {
  if (!step(doing, action)) process.exit(1);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const marker = join(root, 'node_modules', '.admit-one-installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  need('Installing packages', () => (npm ? run(process.execPath, [npm, ...args]) : run('npm', args)));
  writeFileSync(marker, lock);
}

checkNode();
install();
if (process.argv.includes('--build')) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const args = ['run', 'build', '--filter=./libs/*', '--filter=./services/*', '--output-logs=errors-only'];
  need('Building', () => run(process.execPath, [turbo, ...args]));
}
