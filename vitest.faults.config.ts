import { defineConfig } from 'vitest/config';
import { common, testOptions } from './vitest.config.ts';

/** The faults: minutes of silence and recovery on real engines, in a run of their own. */
export default defineConfig({
  ...common,
  test: { ...testOptions, include: ['test/faults/**/*.test.ts'] },
});
