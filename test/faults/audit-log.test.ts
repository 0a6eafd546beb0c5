import { openNatsBus } from '@admit-one/adapter-nats';
import {
  createStoreClock,
  eventCatalogue,
  type NewEvent,
  newId,
  numbered,
  type ReceivedEvent,
  startReporter,
} from '@admit-one/core';
import { rebuildAuditLog } from '@admit-one/diagnostics';
import { logMetrics } from '@admit-one/runtime';
import { eventually, missingEngines, startFaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ServiceProcess } from '../stack/service-process.ts';
import { type AuditStack, placeOf, publish, rejectionOf, startAuditStack } from './audit-stack.ts';

const missing = missingEngines('nats', 'postgres');

/** What only the statement that stores events says. */
const APPEND = 'WITH incoming AS';
const COMMITTED_WITHIN_MS = 15_000;

/** Lets an audit-service come to a step of its work, and no further. */
const steps: Readonly<Record<string, (stack: AuditStack) => Promise<void>>> = {
  async 'it has received events, and committed none'(stack) {
    await stack.sql.transaction(async (transaction) => {
      await transaction.query('LOCK TABLE stream_generation IN EXCLUSIVE MODE');
      await eventually(
        async () => {
          const waiting = await stack.sql.query(
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
            [`%${APPEND}%`],
          );
          expect(waiting).not.toEqual([]);
        },
        { what: 'an append that waits' },
      );
      await stack.audit.kill();
    });
  },
  async 'it has committed events, and not heard of it'(stack) {
    await haltAfterCommit(stack, () => stack.toPostgres.dropTowardsClient());
  },
  async 'it has committed events, and acknowledged none'(stack) {
    await haltAfterCommit(stack, () => stack.toNats.dropTowardsServer());
  },
  async 'it has acknowledged events'(stack) {
    const before = await countOf(stack);
    await eventually(async () => expect(await countOf(stack)).toBeGreaterThan(before), {
      what: 'new events',
    });
    await stack.audit.kill();
  },
};

/**
 * Breaks a link in the moment that events are sent to the database, and kills the service when they are committed. Not
 * every append has new events of the test: those that were delivered again, or that services tell of themselves, come alone
 * now and then.
 */
async function haltAfterCommit(stack: AuditStack, breakLink: () => void): Promise<void> {
  await eventually(
    async () => {
      await heal(stack);
      const before = await countOf(stack);
      await new Promise<void>((resolve) => {
        stack.toPostgres.onceSent(APPEND, () => {
          breakLink();
          resolve();
        });
      });
      await expect.poll(() => countOf(stack), { timeout: COMMITTED_WITHIN_MS }).toBeGreaterThan(before);
    },
    { what: 'a commit of new events' },
  );
  await stack.audit.kill();
}

async function heal({ toNats, toPostgres }: AuditStack): Promise<void> {
  await Promise.all([toNats.heal(), toPostgres.heal()]);
}

async function countOf({ sql }: AuditStack): Promise<number> {
  const [row] = await sql.query<{ count: string }>(
    "SELECT count(*)::text AS count FROM event WHERE type = 'admit.handshake.rejected'",
  );
  return Number(row?.count ?? 0);
}

describe.skipIf(missing !== undefined)('the audit log', () => {
  let stack: AuditStack;

  beforeAll(async () => {
    stack = await startAuditStack();
  });
  afterAll(() => stack?.stop());

  test.each(Object.entries(steps))(
    'has every event once where its service is killed when %s',
    async (_, reach) => {
      const published = stack.keepPublishing();
      onTestFinished(() => heal(stack));
      await reach(stack);
      await heal(stack);
      await stack.audit.start();
      await stack.audit.ready();
      await stack.expectStored(await published.stop());
      expect(await stack.auditLog.sequences({ incompleteOnly: true })).not.toContainEqual(
        expect.objectContaining({ missingCount: expect.not.closeTo(0) }),
      );
    },
  );

  test('has the same counts at two services that share the events', async () => {
    const other = await stack.startAnother();
    const published = stack.keepPublishing();
    const before = await countOf(stack);
    await eventually(async () => expect(await countOf(stack)).toBeGreaterThan(before + 100), {
      what: 'new events',
    });
    await stack.expectStored(await published.stop());
    for (const event of lifeOfTickets()) await publish(stack.bus, [event]);
    const total = await countOf(stack);
    await eventually(
      async () => {
        const metrics = await logMetricsOf(stack.audit);
        expect(metrics).toContain(`admit_rejections_total{reason="origin_blocked",fault="policy"} ${total}`);
        expect(metrics).toEqual(
          expect.arrayContaining([
            'admit_tickets_total{stage="presented",pathway="ticket"} 1',
            'admit_tickets_unused_total{pathway="ticket"} 1',
            'admit_upgrade_duration_seconds_bucket{le="0.025"} 1',
            'admit_slo_events_total{slo="upgrade_latency",outcome="good"} 1',
          ]),
        );
        expect(await logMetricsOf(other)).toEqual(metrics);
      },
      { what: 'the same counts' },
    );
    expect(await other.stop()).toBe(0);
  });

  test('gives followers an event once that comes late, from an edge that was cut off', async () => {
    const toEdge = await startFaultProxy(stack.nats);
    onTestFinished(() => toEdge.close());
    const edgeBus = await openNatsBus({
      url: toEdge.url(stack.nats.url),
      name: 'edge',
      onError: () => {},
      onDiagnostic: () => {},
    });
    onTestFinished(() => edgeBus.close());
    const instance = `edge-${newId()}`;
    const reporter = startReporter({
      service: 'ws-edge',
      instance,
      events: edgeBus.events,
      clock: createStoreClock(),
      onError: () => {},
      onLost: () => {},
    });
    const follower = follow(stack);
    onTestFinished(() => follower.stop());
    toEdge.refuse();
    toEdge.cut();
    for (const reason of ['ticket_missing', 'ticket_malformed'] as const)
      reporter.report({
        type: 'admit.handshake.rejected',
        subject: newId(),
        traceparent: null,
        data: { ...eventCatalogue['admit.handshake.rejected'].example, reason },
      });
    const published = stack.keepPublishing();
    await eventually(() => expect(follower.seen.length).toBeGreaterThan(100), { what: 'later events' });
    expect(follower.seen.map(({ source }) => source)).not.toContain(instance);
    await toEdge.heal();
    await eventually(
      () => {
        const late = follower.seen.filter(
          ({ source, type }) => source === instance && type.endsWith('rejected'),
        );
        expect(late).toHaveLength(2);
      },
      { what: 'the late events' },
    );
    await reporter.stop();
    const events = await published.stop();
    await stack.expectStored(events);
    await eventually(
      () => {
        const seen = new Set(follower.seen.map(placeOf));
        expect(events.every((event) => seen.has(placeOf(event)))).toBe(true);
      },
      { what: 'the follower to see all of them' },
    );
    expect(new Set(follower.seen.map(placeOf)).size).toBe(follower.seen.length);
  });

  test('is rebuilt from the stream while events come, and is the same', async () => {
    const published = stack.keepPublishing();
    const rows = () =>
      stack.sql.query(
        `SELECT partition_key, sequence, generation, stream_sequence, batch_index, event FROM event
         WHERE partition_key LIKE 'edge-%' AND stream_sequence <= $1 ORDER BY stream_sequence, batch_index`,
        [horizon],
      );
    const horizon = (await stack.auditLog.streams())[0]?.horizon;
    const before = await rows();
    const report = await rebuildAuditLog(
      { NATS_URL: stack.nats.url, DATABASE_URL: stack.databaseUrl },
      { keepOlder: false, onProgress: () => {}, signal: new AbortController().signal },
    );
    expect(report).toMatchObject({ different: 0, onlyPresent: 0, onlyRebuilt: 0, same: expect.any(Number) });
    expect(await rows()).toEqual(before);
    await stack.expectStored(await published.stop());
    const total = await countOf(stack);
    const totals = (await stack.auditLog.totals()).filter(({ type }) => type === 'admit.handshake.rejected');
    expect(totals.reduce((sum, { count }) => sum + count, 0)).toBe(total);
  });

  test('shows the same metrics after it was rebuilt', async () => {
    for (const event of lifeOfTickets()) await publish(stack.bus, [event]);
    const expected = 'admit_tickets_unused_total{pathway="ticket"} 2';
    let before: readonly string[] = [];
    await eventually(
      async () => {
        before = await logMetricsOf(stack.audit);
        expect(before).toContain(expected);
      },
      { what: 'the counts' },
    );
    await rebuildAuditLog(
      { NATS_URL: stack.nats.url, DATABASE_URL: stack.databaseUrl },
      { keepOlder: false, onProgress: () => {}, signal: new AbortController().signal },
    );
    const [{ count } = { count: '0' }] = await stack.sql.query<{ count: string }>(
      `UPDATE log_count SET count = count WHERE counter = 'tickets issued ticket' RETURNING count::text`,
    );
    expect(count).toBe('4');
    await eventually(async () => expect(await logMetricsOf(stack.audit)).toEqual(before), {
      what: 'the same counts',
    });
  });

  test('says that its stream was deleted and created again, and goes on in a new generation', async () => {
    const partitionkey = `edge-${newId()}`;
    await publish(stack.bus, [rejectionOf(partitionkey, 1)]);
    const position = async (sequence: number) => {
      const filter = { facts: { source: { include: [partitionkey] } } };
      const { events } = await stack.auditLog.query(filter, { limit: 10, order: 'desc' });
      return events.find((event) => Number(event.sequence) === sequence)?.position;
    };
    await eventually(async () => expect(await position(1)).toMatch(/^1\./), { what: 'the first event' });
    await stack.bus.requests.request('$JS.API.STREAM.DELETE.ADMIT', {}, 5_000);
    await eventually(() => publish(stack.bus, [rejectionOf(partitionkey, 2)]), {
      what: 'the stream to be there again',
    });
    await eventually(async () => expect(await position(2)).toMatch(/^2\.\d+\.0$/), {
      what: 'the event of the new stream',
    });
    await eventually(
      () => expect(stack.audit.lines('event_stream_replaced')).toMatchObject([{ generation: 2 }]),
      { what: 'the log line' },
    );
    const { streams } = await stack.ask<{ streams: readonly object[] }>('completeness?all=true');
    expect(streams).toMatchObject([
      { generation: 2, state: 'current' },
      { generation: 1, state: 'replaced' },
    ]);
  });
});

/** What a service shows of the events in the audit log, except what changes while nothing happens. */
async function logMetricsOf(service: Pick<ServiceProcess, 'metrics'>): Promise<readonly string[]> {
  const names = Object.keys(logMetrics).filter((name) => name !== 'admit_service_instances');
  return (await service.metrics())
    .split('\n')
    .filter((line) => names.some((name) => line.startsWith(name)) && !line.includes('admit.service.alive'));
}

/** A ticket that is admitted, and one that is not presented: all of it is long ago. */
function lifeOfTickets(): readonly ReceivedEvent[] {
  const partitionkey = `p00.${newId()}`;
  const time = Date.now() - 120_000;
  const of = (sequence: number, name: 'issued' | 'reserved' | 'consumed', subject: string) => {
    const type = `admit.ticket.${name}` as const;
    const data = {
      ...eventCatalogue[type].example,
      issuedAt: time,
      ...(name === 'issued' && { expiresAt: time + 30_000 }),
    };
    const event = { type, source: 'store', subject, time, traceparent: null, data } as NewEvent;
    return numbered(event, partitionkey, sequence);
  };
  const admitted = newId();
  return [
    of(1, 'issued', newId()),
    of(2, 'issued', admitted),
    of(3, 'reserved', admitted),
    of(4, 'consumed', admitted),
  ];
}

/** Reads on by position, as fast as it can. */
function follow({ auditLog }: AuditStack) {
  const seen: ReceivedEvent[] = [];
  let stopped = false;
  const following = (async () => {
    let cursor: string | undefined;
    while (!stopped) {
      const page = await auditLog.query({}, { limit: 7, order: 'position', cursor });
      seen.push(...page.events);
      cursor = page.next;
    }
  })();
  return {
    seen,
    async stop() {
      stopped = true;
      await following;
    },
  };
}
