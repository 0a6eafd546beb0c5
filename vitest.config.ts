import { defineConfig } from 'vitest/config';

const conditions = ['@admit-one/source'];

/** Stacks of several processes under load, some of them killed or stopped: each has the machine to itself. */
const inTrouble = ['faults', 'races', 'reconnecting', 'bench'].map((folder) => `test/${folder}/**/*.test.ts`);

/** What a package proves of itself. */
const packages = [
  'libs/*/src/**/*.test.ts',
  'services/*/src/**/*.test.ts',
  'services/standalone/demo/src/**/*.test.ts',
  'test/{kit,contracts}/src/**/*.test.ts',
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          include: packages,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stacks',
          include: ['test/**/*.test.ts'],
          exclude: [...inTrouble, ...packages],
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stacks in trouble',
          include: inTrouble,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
