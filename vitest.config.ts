import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PATIENCE_MS } from './test/kit/src/within.ts';

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
  /^test\/(?!kit|contracts|bench|faults|races|reconnecting|incidents|alerts|upgrade)[^/]+\//,
];

/** Stacks of several processes that are killed, stopped or loaded. */
const breaking = [/^test\/(faults|races|reconnecting|incidents|alerts|upgrade)\//, /^test\/bench\/[^/]+$/];

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
    {
      name: `${tier}-isolated`,
      // A thread begins with less CPU time than a process. What starts engines and browsers needs a process.
      ...(tier === 'unit' ? { pool: 'threads' as const } : {}),
      include: paths.filter((path) => changesProcess.has(path)),
    },
  ]
    .filter(({ include }) => include.length > 0)
    .map((own) => ({ extends: true, test: { ...test, ...own } }));
}

/** The files that take longest, of each tier. Where one of them begins last, the other workers have nothing to do. */
const longest = [
  'test/client/libraries',
  ...['standalone', 'services', 'npm-start', 'starts'].map((name) => `test/process/${name}`),
  ...['scenarios', 'outages'].map((name) => `test/browser/${name}`),
  ...['test/demo/demo', 'test/e2e/e2e', 'test/observability/dashboards', 'test/observability/rules'],
  ...['libs/adapter-postgres/src/audit-log/search', 'libs/adapter-redis/src/open-redis-store'],
  ...['test/integrations/web-sockets', 'test/model/properties/stores.property'],
  ...['test/model/model', 'libs/adapter-postgres/src/audit-log/audit-log', 'test/e2e/providers'],
  ...['audit-log', 'processes', 'nats', 'revocation', 'redis'].map((name) => `test/faults/${name}`),
];

class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((path) => moduleId.endsWith(`/${path}.test.ts`));
      return place === -1 ? longest.length : place;
    };
    return (await super.sort(specifications)).sort((one, other) => placeOf(one) - placeOf(other));
  }
}

/** Where the transformed modules of a run of `npm test` are, for all its projects and releases of Node. */
const moduleCache = process.env.ADMIT_ONE_MODULE_CACHE;

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    sequence: { sequencer: LongestFirst },
    ...(moduleCache === undefined
      ? {}
      : { experimental: { fsModuleCache: true, fsModuleCachePath: moduleCache } }),
    // Only what hangs takes so long: a busy machine is slow.
    testTimeout: 4 * PATIENCE_MS,
    hookTimeout: 4 * PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS, interval: 50 } },
    projects: [
      ...projectsOf('unit', {
        env: { ADMIT_ONE_ENGINES: 'none' },
        maxWorkers: '100%',
        sequence: { groupOrder: 0 },
      }),
      // More workers than cores: they wait for engines, processes and pages.
      ...projectsOf('stack', {
        maxWorkers: Math.max(3, availableParallelism()),
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
