// `npm run dev`: standalone, bundled again and restarted when a source changes. Ctrl-C ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install-packages.mjs';
import { step } from './step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'services/standalone/dist/main.js');
/** Editors write several files at once. */
const SETTLE_MS = 100;

await installPackages({ dev: false });
const { bundle, standaloneAndCli } = await import('./bundle.mjs');

let server;
const isRunning = () => server?.exitCode === null && server.signalCode === null;
async function restart() {
  // What cannot be bundled leaves the server that runs as it is.
  if (!(await step('Bundling', () => bundle(standaloneAndCli)))) return;
  if (isRunning()) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  server = spawn(process.execPath, [program], { cwd: root, stdio: 'inherit' });
}

let restarts = restart();
let timer;
for (const folder of ['libs', 'services'])
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (!/[\\/]src[\\/]/.test(file ?? '') || /\.(test|fixture)\.tsx?$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarts = restarts.then(restart);
    }, SETTLE_MS);
  });

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    if (!isRunning()) process.exit();
    server.once('exit', () => process.exit());
    server.kill(signal);
  });
