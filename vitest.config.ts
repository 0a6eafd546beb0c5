import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@admit-one/source'];

const unit = [
  'libs/*/src/**/*.test.{ts,tsx}',
  'services/*/src/**/*.test.ts',
  'services/standalone/demo/src/**/*.test.ts',
  'test/{kit,contracts}/src/**/*.test.ts',
  'test/*.test.ts',
  'test/bench/*/*.test.ts',
];

/** Tests of packages that start an engine, a browser or a database. The unit tier refuses to start one. */
const onEngines = [
  'libs/adapter-{nats,postgres,redis}/src/**/*.test.ts',
  'libs/{cli,diagnostics}/src/**/doctor-engines.test.ts',
  'services/audit-service/src/{api,api/routes,completeness,ingest,operators}/*.test.ts',
  'services/audit-service/src/{outage,service}.test.ts',
  'services/standalone/src/demo/{demo,session-events}.test.ts',
  'test/kit/src/engines/*.test.ts',
  'test/kit/src/browser*.test.ts',
];

/** Stacks of several processes that are killed, stopped or loaded: two at a time, for they wait most of the time. */
const faults = ['test/{faults,races,reconnecting,incidents,bench}/*.test.ts'];

/**
 * Unit tests that change what their process shares: the clock, globals, modules, the heap. A library that starts a timer
 * under a fake clock would keep it, and it would never fire in the next file. Each of these has a process of its own; the
 * others share one per core and load every module once, which halves the CPU time of the tier.
 */
const CHANGES_PROCESS = /useFakeTimers|stubGlobal|vi\.mock\(|setFlagsFromString/;
const isolated = ['libs', 'services', 'test']
  .flatMap((top) => readdirSync(top, { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path}`))
  .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('node_modules'))
  .filter((path) => CHANGES_PROCESS.test(readFileSync(path, 'utf8')));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 50 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: unit,
          exclude: [...onEngines, ...isolated],
          env: { ADMIT_ONE_ENGINES: 'none' },
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'unit-isolated',
          include: isolated,
          exclude: [...onEngines, 'test/!(kit|contracts|bench)/**'],
          env: { ADMIT_ONE_ENGINES: 'none' },
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: [
            ...onEngines,
            'test/!(kit|contracts|bench|faults|races|reconnecting|incidents)/**/*.test.ts',
          ],
          // Most of them wait for engines, processes and pages.
          maxWorkers: Math.max(3, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: faults,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
