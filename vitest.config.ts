import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const conditions = ['@admit-one/source'];

const files = ['libs', 'services', 'observability', 'test']
  .flatMap((top) => readdirSync(top, { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path}`))
  .filter((path) => /\.test\.tsx?$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path))
  // What takes long and proves what a shorter test doesn't: `npm run test:all`.
  .filter((path) => process.env.ADMIT_ONE_LONG === 'true' || !path.includes('.long.test.'));

/** Tests of packages that start an engine, a browser or a database. The unit tier refuses to start one. */
const onEngines = [
  /^libs\/adapter-(nats|postgres|redis)\//,
  /^libs\/(cli|diagnostics)\/.*\/doctor-engines\.test/,
  /^services\/audit-service\/src\/(api|api\/routes|completeness|ingest|operators)\/[^/]+$/,
  /^services\/audit-service\/src\/(outage|service|alerts\/alerts)\.test/,
  /^services\/standalone\/src\/demo\/(demo|session-events)\.test/,
  /^test\/bench\/audit-log\//,
  /^test\/kit\/src\/(engines\/|browser)/,
  /^test\/(?!kit|contracts|bench|faults|races|reconnecting|incidents|alerts)[^/]+\//,
];

/** Stacks of several processes that are killed, stopped or loaded. */
const breaking = [/^test\/(faults|races|reconnecting|incidents|alerts)\//, /^test\/bench\/[^/]+$/];

type Tier = 'unit' | 'stack' | 'faults';

function tierOf(path: string): Tier {
  if (breaking.some((pattern) => pattern.test(path))) return 'faults';
  return onEngines.some((pattern) => pattern.test(path)) ? 'stack' : 'unit';
}

/** What a test changes for its whole process: the clock, globals, modules, the heap. */
const CHANGES_PROCESS = /useFakeTimers|stubGlobal|vi\.mock\(|setFlagsFromString/;
const changesProcess = new Set(files.filter((path) => CHANGES_PROCESS.test(readFileSync(path, 'utf8'))));

/**
 * The tests of a tier share a process per worker and load every module once: that takes half of the CPU time. Those that
 * change their process have one of their own. A timer that a library starts under a fake clock would never fire in the
 * next file.
 */
function projectsOf(
  tier: Tier,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration[] {
  const paths = files.filter((path) => tierOf(path) === tier);
  return [
    { name: tier, isolate: false, include: paths.filter((path) => !changesProcess.has(path)) },
    { name: `${tier}-isolated`, include: paths.filter((path) => changesProcess.has(path)) },
  ]
    .filter(({ include }) => include.length > 0)
    .map((own) => ({ extends: true, test: { ...test, ...own } }));
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 50 } },
    projects: [
      ...projectsOf('unit', {
        env: { ADMIT_ONE_ENGINES: 'none' },
        maxWorkers: '100%',
        sequence: { groupOrder: 0 },
      }),
      // More workers than cores: they wait for engines, processes and pages.
      ...projectsOf('stack', {
        maxWorkers: Math.max(4, availableParallelism()),
        sequence: { groupOrder: 1 },
      }),
      // They wait for what they broke to be noticed and to be back.
      ...projectsOf('faults', {
        maxWorkers: Math.max(3, availableParallelism()),
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
