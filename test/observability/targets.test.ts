import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  alertNames,
  alertRow,
  cloudMonitoringPolicies,
  managedRules,
  prometheusRule,
  ruleGroups,
} from '@admit-one/observability';
import {
  eventually,
  missingEngines,
  startAlertmanager,
  type TemporaryDirectory,
  temporaryDirectory,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { check, RULE_FILE, testRules } from './promtool.ts';
import { scenarios } from './scenarios/index.ts';
import { isLong } from './scenarios/scenario.ts';

const missing = missingEngines('prometheus', 'alertmanager');
const configuration = join(
  import.meta.dirname,
  '..',
  '..',
  'observability',
  'alertmanager',
  'alertmanager.yml',
);
const policies = Object.values(cloudMonitoringPolicies().resource.google_monitoring_alert_policy);

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(() => directory?.remove());

/** A rule file for promtool. */
async function ruleFile(name: string, groups: unknown): Promise<string> {
  const file = join(directory.path, name);
  await writeFile(file, stringify({ groups }, { aliasDuplicateObjects: false }));
  return file;
}

/** The policies of Cloud Monitoring as rules, with the watchdog that it does not have. */
const policyRules = [
  ...policies.flatMap(({ conditions, severity }) =>
    conditions.map(({ condition_prometheus_query_language: { query, duration, alert_rule } }) => ({
      alert: alert_rule,
      expr: query,
      for: duration,
      keep_firing_for: `${Math.max(1, alertRow(alert_rule).keepFiringForSeconds)}s`,
      labels: { severity },
    })),
  ),
  { alert: 'AdmitWatchdog', expr: 'vector(1)' },
];

describe.skipIf(missing)(`promtool accepts ${missing ?? ''}`, () => {
  test.each([
    ['the rules for Prometheus', ruleGroups()],
    ['the rules with shorter spans', ruleGroups({ timesShorter: 60 })],
    ['the rules for the operator for Kubernetes', prometheusRule().spec.groups],
    ['the rules for Google Cloud Managed Service for Prometheus', managedRules().spec.groups],
    ['the policies of Cloud Monitoring', [{ name: 'policies', rules: policyRules }]],
  ])('%s', async (name, groups) => {
    const { isSuccess, output } = await check(
      'promtool',
      'check',
      'rules',
      await ruleFile(`${name}.yml`, groups),
    );
    expect(isSuccess, output).toBe(true);
  });

  test('the rule file, with the strictest checks', async () => {
    const { isSuccess, output } = await check(
      'promtool',
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      RULE_FILE,
    );
    expect(isSuccess, output).toBe(true);
  });
});

describe.skipIf(missing)(`policies of Cloud Monitoring fire as the rules do ${missing ?? ''}`, () => {
  const titles = ['Redis is down', 'two of three requests fail', 'an outage within a flood'];

  test.each(scenarios.filter((one) => titles.includes(one.title) && !isLong(one)))(
    '$title',
    async (scenario) => {
      const file = await ruleFile('policies.yml', [{ name: 'policies', rules: policyRules }]);
      const { isSuccess, output } = await testRules(file, scenario);
      expect(isSuccess, output).toBe(true);
    },
  );
});

describe('policies of Cloud Monitoring', () => {
  test.each(policies)(
    '$display_name keeps to the limits of Cloud Monitoring',
    ({ alert_strategy, conditions }) => {
      expect(Number.parseInt(alert_strategy.auto_close, 10)).toBeGreaterThanOrEqual(1_800);
      for (const { condition_prometheus_query_language: condition } of conditions) {
        expect(Number.parseInt(condition.duration, 10) % 30).toBe(0);
        expect(condition.evaluation_interval).toBe('30s');
        expect(condition.query).not.toContain('admit:');
      }
    },
  );
});

test('the rules for Google Cloud Managed Service for Prometheus have only fields that it knows', () => {
  const known = ['record', 'alert', 'expr', 'for', 'labels', 'annotations'];
  const rules = managedRules().spec.groups.flatMap((group) => group.rules);
  expect(rules.flatMap((rule) => Object.keys(rule)).filter((field) => !known.includes(field))).toEqual([]);
});

describe.skipIf(missing)(`Alertmanager ${missing ?? ''}`, () => {
  test('accepts the configuration', async () => {
    const { isSuccess, output } = await check('amtool', 'check-config', configuration);
    expect(isSuccess, output).toBe(true);
  });

  test('routes alerts by severity, and silences those that another one explains, of the same installation', async () => {
    const alertmanager = await startAlertmanager(configuration);
    onTestFinished(() => alertmanager.stop());
    const symptoms = alertNames.filter((name) => alertRow(name).inhibitedBy.length > 0);
    await post(alertmanager.url, [
      ...alertNames.map((name) => labelsOf(name, 'live')),
      ...symptoms.map((name) => labelsOf(name, 'staging')).filter(({ alertname }) => !isCause(alertname)),
    ]);

    const expectRouted = async () => {
      const listed = await list(alertmanager.url);
      expect(
        listed
          .filter(({ labels }) => labels.namespace === 'live')
          .map(summaryOf)
          .sort(),
      ).toEqual(
        alertNames
          .map((name) => [name, receiverOf(name), symptoms.includes(name) ? 'suppressed' : 'active'])
          .sort(),
      );
      const elsewhere = listed.filter(({ labels }) => labels.namespace === 'staging');
      expect(elsewhere.length).toBeGreaterThan(0);
      expect(elsewhere.filter(({ status }) => status.state !== 'active')).toEqual([]);
    };
    // The inhibitor takes alerts in later than the list does.
    await eventually(expectRouted, { what: 'all alerts, some of them silenced' });
  });
});

interface Labels {
  readonly alertname: string;
  readonly severity: string;
  readonly namespace: string;
}

interface ListedAlert {
  readonly labels: Labels;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: string };
}

function labelsOf(name: (typeof alertNames)[number], namespace: string): Labels {
  return { alertname: name, severity: alertRow(name).severity, namespace };
}

function isCause(name: string): boolean {
  return alertNames.some((other) => alertRow(other).inhibitedBy.some((cause) => cause === name));
}

function receiverOf(name: (typeof alertNames)[number]): string {
  if (name === 'AdmitWatchdog') return 'watchdog';
  return { page: 'pager', ticket: 'tickets', info: 'notes' }[alertRow(name).severity];
}

function summaryOf({ labels, receivers, status }: ListedAlert): readonly string[] {
  return [labels.alertname, receivers.map(({ name }) => name).join(), status.state];
}

async function post(url: string, labels: readonly Labels[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(labels.map((each) => ({ labels: each }))),
  });
  expect(response.status).toBe(200);
}

async function list(url: string): Promise<readonly ListedAlert[]> {
  return (await fetch(`${url}/api/v2/alerts`)).json() as Promise<readonly ListedAlert[]>;
}
