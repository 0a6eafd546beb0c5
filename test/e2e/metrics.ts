import { serviceNames } from '@admit-one/core';
import { type Labels, labelSetsOf, type MetricName, metricRow, metrics } from '@admit-one/runtime';
import { eventually } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import type { Stack } from '../stack/stack.ts';

/** A metric as a process serves it. */
interface Served {
  readonly kind: string;
  readonly series: readonly { readonly labels: Labels; readonly value: number }[];
}

/** Those that are served only when something has happened that these tests do not cause, or after a minute. */
const later: ReadonlySet<string> = new Set([
  'admit_issuer_keys_reachable',
  'admit_upstream_handshake_duration_seconds',
  'admit_audit_retention_timestamp_seconds',
]);

/** Registers a test of everything that is served at `/metrics`, which comes after the others. */
export function describeMetrics(running: () => Stack): void {
  test('every metric is in the catalogue, with its labels, and every metric of the catalogue is served', () =>
    eventually(
      async () => {
        for (const url of running().metrics) {
          const served = readMetrics(await (await fetch(url)).text());
          expect(differences(served), url).toEqual([]);
        }
      },
      { what: 'the metrics of the catalogue' },
    ));

  test('the log tells how long upgrades took', () =>
    eventually(
      async () => {
        const texts = await Promise.all(running().metrics.map(async (url) => (await fetch(url)).text()));
        const counts = texts.flatMap(
          (text) => /^admit_upgrade_duration_seconds_count (\d+)$/m.exec(text)?.[1] ?? [],
        );
        expect(Math.max(...counts.map(Number))).toBeGreaterThan(0);
      },
      { what: 'upgrades in the audit log' },
    ));
}

/** What differs from the catalogue, in words. */
function differences(served: ReadonlyMap<string, Served>): readonly string[] {
  const [{ labels: { service = '' } = {} } = {}] = served.get('admit_build_info')?.series ?? [];
  const services = service === 'standalone' ? serviceNames : serviceNames.filter((name) => name === service);
  const expected = (Object.keys(metrics) as MetricName[]).filter((name) =>
    metricRow(name).services.some((one) => services.some((other) => other === one)),
  );
  return [
    ...[...served.keys()]
      .filter((name) => !expected.some((one) => one === name))
      .map((name) => `${name} is not listed`),
    ...expected.filter((name) => !later.has(name)).flatMap((name) => issuesOf(name, served.get(name))),
  ];
}

function issuesOf(name: MetricName, served: Served | undefined): readonly string[] {
  if (!served) return [`${name} is not served`];
  const row = metricRow(name);
  const seen = new Set(served.series.map(({ labels }) => textOf(labels)));
  const unseen =
    row.kind === 'gauge'
      ? []
      : labelSetsOf(row)
          .map(textOf)
          .filter((labels) => !seen.has(labels));
  return [
    ...(served.kind === row.kind ? [] : [`${name} is a ${served.kind}`]),
    ...served.series.flatMap(({ labels }) =>
      unknownLabels(row.labels, labels).map((label) => `${name} has ${label}`),
    ),
    ...unseen.map((labels) => `${name} lacks ${labels}`),
  ];
}

function unknownLabels(known: ReturnType<typeof metricRow>['labels'], labels: Labels): readonly string[] {
  return [
    ...Object.keys(known)
      .filter((label) => labels[label] === undefined)
      .map((label) => `no ${label}`),
    ...Object.entries(labels)
      .filter(([label, value]) => {
        const values = known[label];
        return values === undefined || (typeof values !== 'string' && !values.includes(value));
      })
      .map(([label, value]) => `${label}="${value}"`),
  ];
}

function textOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}

/** Reads the text format of Prometheus. `target_info` is OpenTelemetry's own. */
function readMetrics(text: string): ReadonlyMap<string, Served> {
  const found = new Map<string, { kind: string; series: { labels: Labels; value: number }[] }>();
  for (const [, name = '', kind = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    if (name !== 'target_info') found.set(name, { kind, series: [] });
  for (const [, name = '', list = '', value] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? (\S+)$/gm)) {
    const metric = found.get(name) ?? found.get(name.replace(/_count$/, ''));
    const labels = Object.fromEntries(
      [...list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, of]) => [label, of]),
    );
    metric?.series.push({ labels, value: Number(value) });
  }
  return found;
}
