import { type AlertName, alertNames, alertRow } from '@admit-one/observability';
import { missingEngines } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { RULE_FILE, testRules } from './promtool.ts';
import { scenarios } from './scenarios/index.ts';
import { type Check, isLong } from './scenarios/scenario.ts';

const missing = missingEngines('prometheus');

describe.skipIf(missing)(`what operators hear ${missing ?? ''}`, () => {
  test.each(scenarios.filter((scenario) => !isLong(scenario)))('$title', async (scenario) => {
    const { isSuccess, output } = await testRules(RULE_FILE, scenario);
    expect(isSuccess, output).toBe(true);
  });
});

describe('the scenarios', () => {
  const notified = scenarios.flatMap(({ checks }) => checks.flatMap(([, names]) => names));
  const isQuietIn = (name: AlertName) =>
    scenarios.filter(({ checks }) =>
      checks.every(([, names, silenced]) => ![...names, ...(silenced ?? [])].includes(name)),
    );

  test.each(alertNames.filter((name) => name !== 'AdmitWatchdog'))('notify of %s, and do not', (name) => {
    expect(notified).toContain(name);
    expect(isQuietIn(name).length).toBeGreaterThan(scenarios.length / 2);
  });

  test.each(scenarios)('silence what something else explains: $title', (scenario) => {
    expect(scenario.checks.flatMap(notSilenced)).toEqual([]);
  });
});

/** The alerts of a check that are said to be silenced and are not, and those that are silenced and said to be notified. */
function notSilenced([, notified, silenced = []]: Check): readonly AlertName[] {
  const isSilenced = (name: AlertName) =>
    alertRow(name).inhibitedBy.some((cause) => notified.includes(cause));
  return [...silenced.filter((name) => !isSilenced(name)), ...notified.filter(isSilenced)];
}
