// Installs the packages that the lock file names, where they aren't there already. Runs before anything is installed,
// so it uses Node alone. `npm start` needs no development packages, `npm test` needs all: a full install serves both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const minimum = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1])) return;
  process.stderr.write(
    `Admit One needs Node ${minimum.join('.')} or newer; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}

/** The packages of a lock file by path. npm keeps one in `node_modules` that says what is installed. */
function readLock(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

function isComplete(installed, { dev }) {
  return Object.entries(readLock('package-lock.json'))
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional && !entry.devOptional)
    .filter(([, entry]) => dev || !entry.dev)
    .every(([path, entry]) => path in installed && installed[path].integrity === entry.integrity);
}

async function npm(...args) {
  const { npm_execpath: script } = process.env;
  const [command, first] = script ? [process.execPath, [script]] : ['npm', []];
  const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const interrupt = (signal) => {
    child.kill(signal);
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt);
  const [code] = await once(child, 'close');
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupt);
  if (code !== 0) throw new Error(`npm ${args.join(' ')}\n${output}`);
}

/** Installs what is missing. A full install stays full. Ends the process where it fails. */
export async function installPackages({ dev: wanted }) {
  checkNode();
  const installed = readLock('node_modules/.package-lock.json');
  const dev = wanted || Object.values(installed).some((entry) => entry.dev);
  if (isComplete(installed, { dev })) return;
  const args = [dev ? '--include=dev' : '--omit=dev', '--prefer-offline', '--loglevel=error'];
  if (!(await step('Installing packages', () => npm('ci', ...args)))) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await installPackages({ dev: true });
