import { defineConfig } from 'vitest/config';

const conditions = ['@admit-one/source'];

/** What every run of the tests goes by. */
export const common = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

export const testOptions = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000, interval: 20 } },
};

export default defineConfig({
  ...common,
  test: {
    ...testOptions,
    include: ['libs/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/faults/**'],
  },
});
