import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alertNames } from '@admit-one/observability';
import { createClosers } from '@admit-one/runtime';
import {
  type Engine,
  eventually,
  missingEngines,
  type PrometheusEngine,
  startAlertmanager,
  startPrometheus,
  temporaryDirectory,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askPrometheus } from '../observability/answers.ts';
import type { ServicesStack } from '../stack/services.ts';
import { type Cause, causes, letMinutesPass, type Scene } from './causes.ts';
import { prometheusCauses, type Scraped } from './prometheus-causes.ts';
import { alertmanagerAtOnce, scaledRuleFile } from './scaled-rule-file.ts';
import { startScene } from './scene.ts';
import { repeat } from './traffic.ts';

const FIRES_MS = 150_000;
const RESOLVES_MS = 180_000;
const TEST_MS = 400_000;
const missing = missingEngines('redis', 'nats', 'postgres', 'prometheus', 'alertmanager');
/** What is said with `CAUSES` is tried alone: parts of what it injects, separated by `|`. */
const chosen = new RegExp(process.env.CAUSES ?? '');

interface Labelled {
  readonly labels: { readonly alertname: string };
}

/** The names of alerts, without the one that always fires. */
function namesOf(alerts: readonly Labelled[]): readonly string[] {
  const names = new Set(alerts.map(({ labels }) => labels.alertname));
  names.delete('AdmitWatchdog');
  return [...names];
}

describe.skipIf(missing !== undefined)(`every alert of Prometheus, by its cause ${missing ?? ''}`, () => {
  const closers = createClosers();
  const scraped: Scraped = new Set();
  const all = [...causes, ...prometheusCauses(scraped)];
  let prometheus: PrometheusEngine;
  let alertmanager: Engine;
  let scene: Scene;

  beforeAll(async () => {
    const started = await startScene({ everyMs: 250 });
    closers.add('scene', started.stop);
    await startWatching(started.stack);
    scene = started;
  });
  afterAll(() => closers.close());

  /** Prometheus with the scaled rules, and an Alertmanager that it tells. */
  async function startWatching(stack: ServicesStack): Promise<void> {
    const directory = await temporaryDirectory();
    closers.add('directory', directory.remove);
    const [rules, config] = ['rules.yml', 'alertmanager.yml'].map((name) => join(directory.path, name));
    if (!rules || !config) throw new Error('no files');
    await writeFile(rules, scaledRuleFile());
    await writeFile(config, alertmanagerAtOnce);
    alertmanager = await startAlertmanager(config);
    closers.add('alertmanager', alertmanager.stop);
    prometheus = await startPrometheus({
      targets: {},
      rules: [rules],
      alertmanagers: [`${alertmanager.host}:${alertmanager.port}`],
    });
    closers.add('prometheus', prometheus.stop);
    // Services that are started again serve their metrics at another port.
    const following = repeat(500, () => {
      const services = {
        ticket: stack.ticketServices,
        edge: stack.edgeServices,
        audit: [stack.auditService],
      };
      const targets = Object.entries({ ...services, more: [...scraped] });
      return prometheus.scrape(
        Object.fromEntries(
          targets.map(([job, of]) => [job, of.map(({ metricsUrl }) => new URL(metricsUrl).host)]),
        ),
      );
    });
    closers.add('targets', following.stop);
    // What happened before the first scrape is in no increase.
    const scrapedAll = `query?${new URLSearchParams({ query: 'count(count_over_time(up[5s]) >= 4) >= 5' })}`;
    await eventually(
      async () => expect(await askPrometheus<readonly unknown[]>(prometheus.url, scrapedAll)).toHaveLength(1),
      { what: 'the first scrapes', timeoutMs: 30_000, everyMs: 250 },
    );
  }

  /** What Alertmanager knows to fire. */
  async function firing(): Promise<readonly string[]> {
    const response = await fetch(`${alertmanager.url}/api/v2/alerts`);
    return namesOf((await response.json()) as readonly Labelled[]);
  }

  /** Waits until no alert fires or is about to: what a cause leaves behind would be taken for an effect of the next one. */
  async function quiet(): Promise<void> {
    await eventually(
      async () => {
        await letMinutesPass(scene);
        const { alerts } = await askPrometheus<{ alerts: readonly Labelled[] }>(prometheus.url, 'alerts');
        expect([...namesOf(alerts), ...(await firing())]).toEqual([]);
      },
      { what: 'the end of every alert', timeoutMs: RESOLVES_MS, everyMs: 500 },
    );
  }

  test.each(all.filter(({ injects }) => chosen.test(injects)))(
    '$fires by its cause: $injects',
    async ({ injects, fires, firesAfter = [], mayFire = [], begin }: Cause) => {
      await quiet();
      const seconds = { fired: new Map<string, number>(), resolved: new Map<string, number>() };
      let since = performance.now();
      const elapsed = () => (performance.now() - since) / 1000;
      const watching = repeat(250, async () => {
        const now = await firing();
        for (const name of now) if (!seconds.fired.has(name)) seconds.fired.set(name, elapsed());
        for (const name of seconds.fired.keys()) {
          if (now.includes(name)) seconds.resolved.delete(name);
          else if (!seconds.resolved.has(name)) seconds.resolved.set(name, elapsed());
        }
      });
      const haveFired = (names: readonly string[]) =>
        eventually(() => expect([...seconds.fired.keys()]).toEqual(expect.arrayContaining([...names])), {
          ...{ what: `${names}`, timeoutMs: FIRES_MS, everyMs: 250 },
        });
      try {
        const end = await begin(scene);
        await haveFired(fires).finally(() => {
          since = performance.now();
          return end();
        });
        await haveFired(firesAfter);
        await quiet();
        await eventually(() => [...seconds.fired.keys()].every((name) => seconds.resolved.has(name)), {
          what: 'the last look at Alertmanager',
        });
      } finally {
        await watching.stop();
      }
      const caused: readonly string[] = [...fires, ...firesAfter];
      const also = [...seconds.fired.keys()].filter((name) => !caused.includes(name));
      for (const name of caused) {
        const secondsOf = (times: ReadonlyMap<string, number>) => times.get(name)?.toFixed(1) ?? 'unknown';
        const row = [name, injects, secondsOf(seconds.fired), secondsOf(seconds.resolved), also.join(', ')];
        process.stdout.write(`| ${row.join(' | ')} |\n`);
      }
      expect(also.filter((name) => !(mayFire as readonly string[]).includes(name))).toEqual([]);
    },
    TEST_MS,
  );

  test.skipIf(process.env.CAUSES)('no alert is without a cause', () => {
    const caused = all.flatMap(({ fires, firesAfter = [] }) => [...fires, ...firesAfter]);
    expect([...new Set<string>([...caused, 'AdmitWatchdog'])].sort()).toEqual([...alertNames].sort());
  });
});
