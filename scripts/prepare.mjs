// Brings a checkout to where `npm start` and `npm test` can run: checks Node, installs what the lock file names, and,
// with --build, builds what has changed. Runs before anything is installed, so it uses Node alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** Runs a step with a line before and after it; what it prints is shown only if it fails. */
function step(doing, command, args) {
  const started = performance.now();
  process.stderr.write(`${doing} … `);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status === 0) process.stderr.write(`done in ${seconds} s\n`);
  else fail(`failed after ${seconds} s\n${error?.message ?? ''}${stdout}${stderr}`);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const marker = join(root, 'node_modules', '.admit-one-installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm) step('Installing packages', process.execPath, [npm, ...args]);
  else step('Installing packages', 'npm', args);
  writeFileSync(marker, lock);
}

checkNode();
install();
if (process.argv.includes('--build'))
  step('Building', process.execPath, [
    join(root, 'node_modules', 'turbo', 'bin', 'turbo'),
    'run',
    'build',
    '--output-logs=errors-only',
  ]);
