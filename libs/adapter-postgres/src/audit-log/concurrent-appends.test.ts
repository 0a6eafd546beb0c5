import { type AuditLog, type EventType, newId, type ReceivedEvent } from '@admit-one/core';
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
  /** Audit logs on one new database, each with connections of its own. */
  async function openReplicas(): Promise<readonly AuditLog[]> {
    const url = await server().createDatabase();
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () => openAuditLog(openForTest({ url }))),
    );
    onTestFinished(async () => {
      await Promise.all(replicas.map((log) => log.close()));
    });
    return replicas;
  }

  test('replicas that append the same events at once do not deadlock, and count each event once', async () => {
    const replicas = await openReplicas();
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

  test('replicas that meet a new stream at once take it for the same one', async () => {
    const replicas = await openReplicas();
    for (let generation = 1; generation <= 50; generation += 1) {
      const stream = newId();
      const appended = replicas.map((log, n) =>
        log.append([
          {
            position: { stream, sequence: n + 1, first: 1 },
            events: [{ index: 0, event: eventOf(n, generation) }],
          },
        ]),
      );
      for (const { stored } of await Promise.all(appended)) expect(stored).toHaveLength(1);
      const last = REPLICAS;
      expect((await replicas[0]?.streams())?.[0]).toMatchObject({ name: stream, generation, last });
    }
  });

  test('a connection that one replica opens while another closes it does not end a second time', async () => {
    const sql = openForTest({ url: await server().createDatabase() });
    const log = await openAuditLog(sql);
    onTestFinished(() => log.close());
    const [edge, connection] = [newId(), newId()];
    const opened = cloudEvent({
      type: 'admit.ticket.consumed',
      data: { principal: null, handshake: 'h', connection, context: { edge } },
    });
    const closed = cloudEvent({ type: 'admit.connection.closed', partitionkey: edge, data: { connection } });
    await appendEvents(log, [opened, closed]);
    // What the one leaves that did not see the end.
    await sql.query(
      `INSERT INTO open_connection (connection, edge, partition_key, sequence, time, synthetic, pathway)
       VALUES ($1, $2, $3, $4, $5, false, 'ticket')`,
      [connection, edge, opened.partitionkey, opened.sequence, opened.time],
    );
    await expect.poll(() => log.markSilent(1)).toContain(edge);
    const lost = { source: 'auditor', now: Date.now(), silentMs: 1, limit: 10 };
    expect(await log.closeLostConnections(lost)).toEqual([]);
    expect(await sql.query('SELECT FROM open_connection')).toEqual([]);
  });
});
