// Everything that must hold before a change lands: format and lint, types, build, the browser SDK's size, tests.
// `--tier=unit|stack|faults` runs the tests of one tier and nothing else but the build that they need. `--long` makes the
// outages as long as real ones. Other arguments go to vitest. The last line counts the tests.
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

const build = {
  name: 'build',
  command: ['turbo/bin/turbo', 'run', 'build', '--output-logs=errors-only'],
};
const beforeTests = [
  { name: 'format and lint', command: ['@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'types', command: ['typescript/bin/tsc', '-p', 'tsconfig.check.json'] },
  build,
  { name: 'size of the browser SDK', command: ['size-limit/bin.js'], folder: 'libs/client' },
];
const tests = {
  name: 'tests',
  command: [
    'vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(tier === undefined ? [] : [`--project=${tier}`]),
    ...only,
  ],
};
const beforeTier = { unit: [], stack: [build], faults: [build] };
if (tier !== undefined && !Object.hasOwn(beforeTier, tier))
  throw new Error(`--tier must be one of ${Object.keys(beforeTier).join(', ')} (got ${tier})`);
const checks = [...(tier === undefined ? beforeTests : beforeTier[tier]), tests];

function run({ name, command: [program, ...args], folder = '.' }) {
  const started = performance.now();
  process.stdout.write(`\n── ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
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
