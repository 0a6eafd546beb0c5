import { missingEngines } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { RULE_FILE, testRules } from './promtool.ts';
import { scenarios } from './scenarios/index.ts';
import { isLong } from './scenarios/scenario.ts';

const missing = missingEngines('prometheus');
const TIMEOUT_MS = 300_000;

describe.skipIf(missing)(`what operators hear over hours and days ${missing ?? ''}`, () => {
  test.concurrent.each(scenarios.filter(isLong))('$title', { timeout: TIMEOUT_MS }, async (scenario) => {
    const { isSuccess, output } = await testRules(RULE_FILE, scenario);
    expect(isSuccess, output).toBe(true);
  });
});
