import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BREAK_GLASS, createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { alertNames } from '@admit-one/observability';
import { createClosers } from '@admit-one/runtime';
import {
  type Engine,
  eventually,
  type FaultProxy,
  missingEngines,
  startAlertmanager,
  startFaultProxy,
  startPrometheus,
  temporaryDirectory,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askPrometheus } from '../observability/answers.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { type Cause, causes, type Scene } from './causes.ts';
import { prometheusCauses, type Scraped } from './prometheus-causes.ts';
import { alertmanagerAtOnce, scaledRuleFile } from './scaled-rule-file.ts';
import { repeat, visit } from './traffic.ts';

const FIRES_MS = 150_000;
const RESOLVES_MS = 180_000;
const TEST_MS = 400_000;
const missing = missingEngines('redis', 'nats', 'postgres', 'prometheus', 'alertmanager');
/** What is said with `CAUSES` is tried alone: parts of what it injects, separated by `|`. */
const chosen = new RegExp(process.env.CAUSES ?? '');

describe.skipIf(missing !== undefined)(`every alert of Prometheus, by its cause ${missing ?? ''}`, () => {
  const closers = createClosers();
  const scraped: Scraped = new Set();
  const all = [...causes, ...prometheusCauses(scraped)];
  const rows: string[] = [];
  let alertmanager: Engine;
  let scene: Scene;

  beforeAll(async () => {
    const breakGlassKey = generateSigningKey();
    const { issuer, audience } = BREAK_GLASS;
    let edgeLink: FaultProxy | undefined;
    const stack = await startServices({
      variables: {
        ...{ TICKET_TTL_SECONDS: '5', SEQUENCE_GAP_GRACE_SECONDS: '1' },
        BREAK_GLASS_JWKS: JSON.stringify(createTokenIssuer({ issuer, audience, key: breakGlassKey }).jwks()),
      },
      async otherEdgeNatsUrl(nats) {
        edgeLink = await startFaultProxy(nats);
        return edgeLink.url(nats.url);
      },
    });
    closers.add('stack', stack.stop);
    if (!edgeLink) throw new Error('the stack has no link for its second edge');
    closers.add('link', edgeLink.close);
    alertmanager = await startWatching(stack);
    let visits = repeat(250, () => visit(stack));
    const pause = () => visits.stop();
    const resume = () => {
      visits = repeat(250, () => visit(stack));
    };
    closers.add('visits', pause);
    scene = { stack, edgeLink, breakGlassKey, traffic: { pause, resume } };
  });
  afterAll(async () => {
    await closers.close();
    process.stdout.write(`${rows.join('\n')}\n`);
  });

  /** Prometheus with the scaled rules, and an Alertmanager that it tells. */
  async function startWatching(stack: ServicesStack): Promise<Engine> {
    const directory = await temporaryDirectory();
    closers.add('directory', directory.remove);
    const [rules, config] = ['rules.yml', 'alertmanager.yml'].map((name) => join(directory.path, name));
    if (!rules || !config) throw new Error('no files');
    await writeFile(rules, scaledRuleFile());
    await writeFile(config, alertmanagerAtOnce);
    const started = await startAlertmanager(config);
    closers.add('alertmanager', started.stop);
    const prometheus = await startPrometheus({
      targets: {},
      rules: [rules],
      alertmanagers: [`${started.host}:${started.port}`],
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
    return started;
  }

  /** What Alertmanager knows to fire. */
  async function firing(): Promise<readonly string[]> {
    const response = await fetch(`${alertmanager.url}/api/v2/alerts`);
    const found = (await response.json()) as readonly { readonly labels: { readonly alertname: string } }[];
    return [...new Set(found.map(({ labels }) => labels.alertname))].filter(
      (name) => name !== 'AdmitWatchdog',
    );
  }

  test.each(all.filter(({ injects }) => chosen.test(injects)))(
    '$fires by its cause: $injects',
    async ({ injects, fires, firesAfter = [], mayFire = [], begin }: Cause) => {
      await eventually(async () => expect(await firing()).toEqual([]), {
        what: 'quiet',
        timeoutMs: RESOLVES_MS,
      });
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
      const fired = (names: readonly string[]) =>
        eventually(() => expect([...seconds.fired.keys()]).toEqual(expect.arrayContaining([...names])), {
          ...{ what: `${names}`, timeoutMs: FIRES_MS, everyMs: 250 },
        });
      const end = await begin(scene);
      await fired(fires);
      since = performance.now();
      await end();
      await fired(firesAfter);
      await eventually(
        () => expect([...seconds.resolved.keys()].sort()).toEqual([...seconds.fired.keys()].sort()),
        {
          ...{ what: 'the end of every alert', timeoutMs: RESOLVES_MS, everyMs: 250 },
        },
      );
      await watching.stop();
      for (const name of [...fires, ...firesAfter]) {
        const [toFire = 0, toResolve = 0] = [seconds.fired.get(name), seconds.resolved.get(name)];
        rows.push(`| ${name} | ${injects} | ${toFire.toFixed(1)} | ${toResolve.toFixed(1)} |`);
      }
      const expected: readonly string[] = [...fires, ...firesAfter, ...mayFire];
      expect([...seconds.fired.keys()].filter((name) => !expected.includes(name))).toEqual([]);
    },
    TEST_MS,
  );

  test.skipIf(process.env.CAUSES)('no alert is without a cause', () => {
    const caused = all.flatMap(({ fires, firesAfter = [] }) => [...fires, ...firesAfter]);
    expect([...new Set<string>([...caused, 'AdmitWatchdog'])].sort()).toEqual([...alertNames].sort());
  });
});
