import { type Reason, type ReceivedEvent, reasonRow, reasons } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { events } from '../stack/audit-log.ts';
import type { LogLine } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import { type Outage, outages, outageVariables } from './outages.ts';
import type { Rejected } from './rejected.ts';

/** Reasons of the infrastructure that nothing here can make happen. */
const notProvoked: Partial<Record<Reason, string>> = {
  internal: 'is a bug of ours, and none is known that a visitor could meet',
  edge_lost: 'is what the audit log says of the connections of an edge that is gone: nobody is rejected',
  upstream_failed:
    'needs a proxy route: upstream-handshake.test.ts of the edge has upstreams fail in every way, with the line and the event',
  control_stale:
    'takes REVOCATION_MAX_STALENESS_SECONDS of silence: revocation.test.ts cuts an edge off for that long',
  deadline_exceeded:
    'issuing does not wait before it decides, and an edge whose command is decided too late has timed out: ticket_service_unavailable',
};

test('every reason that blames the infrastructure is provoked, or it is said why not', () => {
  const blamed = (Object.keys(reasons) as Reason[]).filter(
    (reason) => reasonRow(reason).fault === 'infrastructure',
  );
  const accounted = new Set([...outages.map(({ reason }) => reason), ...Object.keys(notProvoked)]);
  expect([...accounted].sort()).toEqual(blamed.sort());
});

describeFaults('a rejection by the infrastructure is an event, a count and a critical line', () => {
  let stack: ServicesStack;
  const met: (Rejected & Outage)[] = [];

  beforeAll(async () => {
    stack = await startServices({ variables: outageVariables });
  });
  afterAll(async () => {
    try {
      for (const rejected of met) expect(await told(rejected), 'told again later').toHaveLength(1);
    } finally {
      await stack.stop();
    }
  });

  beforeEach(async () => {
    const { ticketServices, edgeServices, auditService } = stack;
    await Promise.all([...ticketServices, ...edgeServices, auditService].map((service) => service.ready()));
  });

  test.each(outages)('$reason: $doing', async (outage) => {
    const rejected = { ...outage, ...(await outage.meet(stack)) };
    expect(rejected).toMatchObject(outage.told);
    met.push(rejected);
    const { by, secret, reason, event } = rejected;
    await eventually(() => expect(criticalLines(rejected)).toMatchObject([{ reason }]), { what: 'the line' });
    expect(stack.logs() + by.logs()).not.toContain(secret);
    await eventually(async () => expect(await countOf(rejected)).toBe(1), { what: 'the count' });
    const [listening] = by.lines('listening');
    await eventually(
      async () =>
        expect(await told(rejected)).toMatchObject([
          { type: event, source: listening?.instance, data: { reason } },
        ]),
      { what: 'the event', everyMs: 50 },
    );
  });

  async function told({ reason, traceId }: Rejected & Outage): Promise<readonly ReceivedEvent[]> {
    const ofReason = await events(stack, { reason });
    return ofReason.filter(({ traceparent }) => traceparent?.includes(traceId));
  }
});

function criticalLines({ by, traceId }: Rejected): readonly LogLine[] {
  return by.lines().filter((line) => line.severity === 'CRITICAL' && line.traceId === traceId);
}

async function countOf({ by, reason, metric: [name, label] }: Rejected & Outage): Promise<number> {
  const series = (await by.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
  const counted = series.filter((line) => line.includes(`${label}="${reason}"`));
  return counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
