import { missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { events, expectNothingMissing } from '../stack/audit-log.ts';
import { startBalancer } from '../stack/balancer.ts';
import { type ServiceProcess, startService } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import type { Report } from './clients.ts';
import { runClients } from './run-clients.ts';

const CLIENTS = 2_000;
const DRAIN_SECONDS = 20;
/** How long a user may be without a connection, as far as that is not the machine's doing. */
const AWAY_MS = 5_000;
/** Handshakes time out where the machine is busy with something else; on an idle one there is none. */
const MAY_FAIL = CLIENTS / 100;
const TIMEOUT_MS = 900_000;
const missing = missingEngines('redis', 'nats', 'postgres', 'nginx');
const name = `a rolling restart of the edges${missing === undefined ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing)(name, { timeout: TIMEOUT_MS }, () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    // The clients and every service share one machine: what waits for a processor is not unavailable.
    stack = await startServices({
      variables: { REDIS_COMMAND_TIMEOUT_MS: '5000', ANONYMOUS_SESSIONS_PER_MINUTE: '0' },
    });
  });
  afterAll(async () => {
    await expectNothingMissing(stack);
    await stack.stop();
  });

  async function startEdges(drainSeconds: number): Promise<readonly ServiceProcess[]> {
    const variables = {
      ...stack.variables['ws-edge'],
      ...{ DRAIN_SECONDS: `${drainSeconds}`, SHUTDOWN_SECONDS: `${drainSeconds + 20}` },
    };
    const edges = await Promise.all([1, 2].map(() => startService('ws-edge', variables)));
    onTestFinished(async () => {
      await Promise.all(edges.map((edge) => edge.stop()));
    });
    await Promise.all(edges.map((edge) => edge.ready()));
    return edges;
  }

  /** Restarts one edge after the other under connected clients. */
  async function restartAll(drainSeconds: number): Promise<Report> {
    const edges = await startEdges(drainSeconds);
    const balancer = await startBalancer({ ...stack, edgeServices: edges });
    onTestFinished(() => balancer.stop());
    const edge = balancer.url.replace('http:', 'ws:');
    const clients = await runClients({ clients: CLIENTS, tickets: balancer.url, edge, hasJitter: true });
    for (const service of edges) {
      expect(await service.stop()).toBe(0);
      await service.start();
      await service.ready();
    }
    await expect.poll(() => connectionsOf(edges), { timeout: 300_000, interval: 1_000 }).toBe(CLIENTS);
    return clients.end();
  }

  test('keeps every user connected, and their return is spread over the drain', async () => {
    const spread = await restartAll(DRAIN_SECONDS);
    const atOnce = await restartAll(0);
    console.log(
      [
        `rolling restart of 2 edges under ${CLIENTS} connections`,
        `drained over ${DRAIN_SECONDS} s: ${summaryOf(spread)}`,
        `drained at once: ${summaryOf(atOnce)}`,
        `rejected at edges: ${await rejections(stack)}`,
      ].join('\n'),
    );
    expect(spread.dueGapsMs.filter((ms) => ms > AWAY_MS).length).toBeLessThanOrEqual(MAY_FAIL);
    expect([spread.open, atOnce.open]).toEqual([CLIENTS, CLIENTS]);
    expect(peakOf(spread)).toBeLessThan(peakOf(atOnce) / 2);
  });
});

/** How many connections they hold. */
async function connectionsOf(edges: readonly ServiceProcess[]): Promise<number> {
  const pages = await Promise.all(edges.map((edge) => edge.metrics()));
  const counts = [...pages.join('\n').matchAll(/^admit_connections\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Why edges rejected upgrades, and how often. */
async function rejections(stack: ServicesStack): Promise<string> {
  const counts: Record<string, number> = {};
  for (const { data } of await events(stack, { type: 'admit.handshake.rejected' }))
    counts[`${data.reason}`] = (counts[`${data.reason}`] ?? 0) + Number(data.count);
  return JSON.stringify(counts);
}

function summaryOf(report: Report): string {
  const away = report.gapsMs.filter((ms) => ms > AWAY_MS).length;
  return [
    `${report.gapsMs.length} reconnects, peak ${peakOf(report)} attempts due in a second`,
    `${away} times without a connection for more than ${AWAY_MS / 1_000} s, at most ${Math.max(...report.gapsMs)} ms`,
    `reasons ${JSON.stringify(report.reasons)}`,
  ].join('; ');
}

/** The most attempts that were due within a second. */
function peakOf({ dueAt }: Report): number {
  const times = [...dueAt].sort((one, other) => one - other);
  let [from, peak] = [0, 0];
  for (const [until, at] of times.entries()) {
    while (at - (times[from] ?? at) >= 1_000) from += 1;
    peak = Math.max(peak, until - from + 1);
  }
  return peak;
}
