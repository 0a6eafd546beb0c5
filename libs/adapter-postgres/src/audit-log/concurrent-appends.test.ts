import type { EventType, ReceivedEvent } from '@admit-one/core';
import { appendEvents, cloudEvent } from '@admit-one/port-contracts';
import { expect, onTestFinished, test } from 'vitest';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnServer, openForTest } from '../sql/engines.fixture.ts';

const PARTITIONS = 16;
const EVENTS_OF_EACH = 300;
const BATCH = 20;
const REPLICAS = 4;
const types: readonly EventType[] = ['admit.ticket.issued', 'admit.ticket.consumed', 'admit.ticket.rejected'];
const reasons = ['ticket_expired', 'ticket_replayed', undefined];

function eventOf(partition: number, sequence: number): ReceivedEvent {
  const type = types[sequence % types.length] ?? 'admit.ticket.issued';
  const data = { reason: reasons[(partition + sequence) % reasons.length] };
  return cloudEvent({ type, data, partitionkey: `p${partition}.epoch`, sequence });
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

function batchesOf(events: readonly ReceivedEvent[]): readonly (readonly ReceivedEvent[])[] {
  return Array.from({ length: Math.ceil(events.length / BATCH) }, (_, n) =>
    events.slice(n * BATCH, (n + 1) * BATCH),
  );
}

describeOnServer((server) => {
  test('replicas that append the same events at once do not deadlock, and count each event once', async () => {
    const url = await server().createDatabase();
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => openAuditLog(openForTest({ url }))),
    );
    onTestFinished(async () => {
      await Promise.all(replicas.map((log) => log.close()));
    });
    const events = Array.from({ length: PARTITIONS }, (_, partition) =>
      Array.from({ length: EVENTS_OF_EACH }, (_, n) => eventOf(partition, n + 1)),
    ).flat();
    const batches = batchesOf(shuffled(events));

    const stored = await Promise.all(
      replicas.map(async (log, replica) => {
        const fresh: ReceivedEvent[] = [];
        for (const [n, batch] of batches.entries())
          if (n % REPLICAS === replica || (n + 1) % REPLICAS === replica)
            fresh.push(...(await appendEvents(log, shuffled(batch))).stored);
        return fresh;
      }),
    );

    const ids = (some: readonly ReceivedEvent[]) => some.map(({ id }) => id).sort();
    expect(ids(stored.flat())).toEqual(ids(events));
    const [log] = replicas;
    const totals = (await log?.totals()) ?? [];
    expect(totals.reduce((sum, { count }) => sum + count, 0)).toBe(events.length);
    const reports = (await log?.sequences()) ?? [];
    expect(reports).toHaveLength(PARTITIONS);
    for (const report of reports)
      expect(report).toMatchObject({ first: 1, last: EVENTS_OF_EACH, missing: [], missingCount: 0 });
  });
});
