import { missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, expectNothingMissing } from '../stack/audit-log.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import type { Report } from './clients.ts';
import { runClients } from './run-clients.ts';

const CLIENTS = 1_000;
/** Enough to see that all come back in one moment without jitter. */
const WITHOUT_JITTER = 50;
const WINDOW_MS = 100;
const TIMEOUT_MS = 240_000;
const missing = missingEngines('redis', 'nats', 'postgres');
const name = missing === undefined ? 'a thousand clients' : `a thousand clients (skipped: ${missing})`;

describe.skipIf(missing)(name, { timeout: TIMEOUT_MS }, () => {
  let stack: ServicesStack;
  let edge: ServiceProcess;

  beforeAll(async () => {
    // The clients and every service share one machine: what waits for a processor is not unavailable.
    stack = await startServices({ variables: { REDIS_COMMAND_TIMEOUT_MS: '5000' } });
    const [first] = stack.edgeServices;
    if (!first) throw new Error('the stack has no edge');
    edge = first;
  });
  afterAll(async () => {
    await expectNothingMissing(stack);
    await stack.stop();
  });

  /** A client is open with the 101, and admitted a moment later. */
  async function admitted(count: number): Promise<void> {
    const consumed = async () => (await events(stack, { type: 'admit.ticket.consumed' })).length;
    await expect.poll(consumed).toBeGreaterThanOrEqual(count);
  }

  async function loseTheEdge(count: number, { hasJitter }: { hasJitter: boolean }): Promise<Report> {
    const [address = ''] = stack.edges;
    const before = (await events(stack, { type: 'admit.ticket.consumed' })).length;
    const clients = await runClients({ clients: count, tickets: stack.tickets, edge: address, hasJitter });
    await admitted(before + count);
    await edge.kill();
    await clients.allLost();
    await edge.start();
    return clients.allBack();
  }

  test('that lose their edge at once all come back, and are rejected nothing', async () => {
    const report = await loseTheEdge(CLIENTS, { hasJitter: true });
    expect(Object.keys(report.reasons).filter((reason) => !MAY_BE_TOLD.includes(reason))).toEqual([]);
    await admitted(2 * CLIENTS);
    for (const type of ['admit.issuance.rejected', 'admit.ticket.rejected', 'admit.handshake.rejected']) {
      const reasons = (await events(stack, { type })).map(({ data }) => data.reason);
      expect(
        reasons.filter((reason) => !MAY_BE_RECORDED.includes(String(reason))),
        type,
      ).toEqual([]);
    }

    const without = await loseTheEdge(WITHOUT_JITTER, { hasJitter: false });
    const [spread, atOnce] = [peakOf(report), peakOf(without)];
    console.log(
      `at most ${spread} of ${CLIENTS} attempts were due in ${WINDOW_MS} ms; without jitter ${atOnce} of ${WITHOUT_JITTER}`,
    );
    expect(atOnce).toBe(WITHOUT_JITTER);
    expect(spread).toBeLessThan(CLIENTS / 2);
  });
});

/** Nobody answers, or somebody says that it restarts or that what it needs is away. */
const MAY_BE_TOLD = ['NETWORK', 'RESTARTING', 'UNAVAILABLE'];

/** The same, as the audit log has it; and copies of messages that came late, about tickets whose holders are in. */
const MAY_BE_RECORDED = [
  ...['draining', 'ticket_service_unavailable', 'deadline_exceeded'],
  'ticket_duplicate',
];

/** The most attempts that were due within any window. */
function peakOf({ dueAfterMs }: Report): number {
  const times = [...dueAfterMs].sort((one, other) => one - other);
  let [from, peak] = [0, 0];
  for (const [until, ms] of times.entries()) {
    while (ms - (times[from] ?? ms) >= WINDOW_MS) from += 1;
    peak = Math.max(peak, until - from + 1);
  }
  return peak;
}
