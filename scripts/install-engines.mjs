// Sees to it that the tests find the real engines: where programs are missing and this is Debian with root, installs
// their packages, with nothing started and no database cluster made; elsewhere says which suites will be skipped. Runs
// before anything is installed, so it uses Node alone. `--long`: what the long tests need too.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decide, missingEngines, packagesToInstall } from './engine-packages.mjs';
import { run, step } from './step.mjs';

const table = JSON.parse(
  readFileSync(new URL('../test/kit/src/engines/programs.json', import.meta.url), 'utf8'),
);
const POLICY = '/usr/sbin/policy-rc.d';
const CLUSTERS = '/etc/postgresql-common/createcluster.conf';
const apt = {
  options: ['--yes', '--quiet', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Options::=--force-confold'],
  env: { DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1' },
};

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Debian starts what it installs, unless this file says no. One that is there already has its reasons. */
function withoutStarting(action) {
  if (existsSync(POLICY)) return action();
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
    return action();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

function withoutCluster() {
  if (existsSync(CLUSTERS)) return;
  mkdirSync(dirname(CLUSTERS), { recursive: true });
  writeFileSync(CLUSTERS, 'create_main_cluster = false\n');
}

function install(engines) {
  run('apt-get', ['update', ...apt.options], apt.env);
  const packages = packagesToInstall(engines, table, (name) => run('apt-cache', ['depends', name]));
  if (engines.includes('postgres')) withoutCluster();
  withoutStarting(() =>
    run('apt-get', ['install', '--no-install-recommends', ...apt.options, ...packages], apt.env),
  );
}

// An interruption ends the program that runs at that moment; this one cleans up before it follows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

const plan = decide({
  missing: missingEngines(table, process.env.PATH, { long: process.argv.includes('--long') }),
  osRelease: readIfThere('/etc/os-release'),
  isRoot: process.getuid?.() === 0,
});
const installed =
  plan.do !== 'install' || (await step(`Installing ${plan.engines.join(', ')}`, () => install(plan.engines)));
if (plan.do === 'skip' || !installed)
  process.stderr.write(`The suites that need ${plan.engines.join(', ')} will be skipped.\n`);
