import { join } from 'node:path';
import { type AlertName, alertNames, alertRow } from '@admit-one/observability';
import { missingEngines } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { testRules } from './promtool.ts';
import { type Check, scenarios } from './scenarios.ts';

const ruleFile = join(import.meta.dirname, '..', '..', 'observability', 'alerts', 'admit-one.yml');
const missing = missingEngines('prometheus');

describe.skipIf(missing)(`what operators hear ${missing ?? ''}`, () => {
  test.concurrent.each(scenarios)('$title', async (scenario) => {
    const { isSuccess, output } = await testRules(ruleFile, scenario);
    expect(isSuccess, output).toBe(true);
  });
});

describe('the scenarios', () => {
  const notified = scenarios.flatMap(({ checks }) => checks.flatMap(([, names]) => names));

  test.each(alertNames.filter((name) => name !== 'AdmitWatchdog'))('notify of %s', (name) => {
    expect(notified).toContain(name);
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
